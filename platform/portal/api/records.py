"""CRM records: contacts, listings, enquiries, tasks, appointments."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm import errors, selectors, services
from gateway.etags import ETAG, IF_MATCH, IF_NONE_MATCH, changed_meanwhile, shown_with, version_expected
from gateway.openapi import ProblemSerializer
from gateway.pagination import PageQuery, cursor_of, page
from gateway.problems import Problem
from portal.api import queries
from portal.api.base import View, found
from portal.api.shapes.paging import paged
from portal.api.shapes.records import AppointmentShape, ContactShape, EnquiryShape, ListingShape, TaskShape


@dataclass(frozen=True)
class Resource:
    """How one kind of record is listed, read and written. `query` is what its list can be asked for."""

    name: str
    kind: str
    shape: type[serializers.Serializer[Any]]
    listing: Callable[..., selectors.Page[Any]]
    one: Callable[[UUID], Any]
    create: Callable[..., Any]
    update: Callable[..., Any]
    query: type[PageQuery]


RESOURCES = (
    Resource(
        "contacts",
        "contact",
        ContactShape,
        selectors.contact_list,
        selectors.contact_view,
        services.contact_create,
        services.contact_update,
        queries.ContactQuery,
    ),
    Resource(
        "listings",
        "listing",
        ListingShape,
        selectors.listing_list,
        selectors.listing_view,
        services.listing_create,
        services.listing_update,
        queries.ListingQuery,
    ),
    Resource(
        "enquiries",
        "enquiry",
        EnquiryShape,
        selectors.enquiry_list,
        selectors.enquiry_view,
        services.enquiry_create,
        services.enquiry_update,
        queries.EnquiryQuery,
    ),
    Resource(
        "tasks",
        "task",
        TaskShape,
        selectors.task_list,
        selectors.task_view,
        services.task_create,
        services.task_update,
        queries.TaskQuery,
    ),
    Resource(
        "appointments",
        "appointment",
        AppointmentShape,
        selectors.appointment_list,
        selectors.appointment_view,
        services.appointment_create,
        services.appointment_update,
        queries.AppointmentQuery,
    ),
)


def _refused(error: errors.RecordRefused) -> Problem:
    if isinstance(error, errors.Invalid):
        faults = [{"path": name, "message": text} for name, text in error.faults.items()]
        return Problem(422, "invalid", "The record is not valid.", errors=faults)
    if isinstance(error, errors.Missing):
        return Problem(404, "not-found", str(error))
    return Problem(409, "conflict", str(error))


def record_views(resource: Resource) -> tuple[type[View], type[View]]:
    """The list view and the detail view of a kind of record."""

    def validated(request: Request, *, partial: bool) -> dict[str, Any]:
        given = resource.shape(data=request.data, partial=partial)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def shown(record: Any) -> dict[str, Any]:
        return dict(resource.shape(record).data)

    class List(View):
        @extend_schema(
            operation_id=f"{resource.name}_list", parameters=[resource.query], responses=paged(resource.shape)
        )
        def get(self, request: Request) -> Response:
            """Records, newest first."""
            cursor = cursor_of(request)
            listed = resource.listing(
                older_than=cursor.older_than,
                newer_than=cursor.newer_than,
                limit=cursor.limit,
                **queries.wanted(request, resource.query),
            )
            return page(request, listed.items, listed.older, listed.newer, shown)

        @extend_schema(
            operation_id=f"{resource.name}_create",
            parameters=[ETAG],
            request=resource.shape,
            responses={201: resource.shape},
        )
        def post(self, request: Request) -> Response:
            """Add a record."""
            try:
                made = resource.create(actor=self.actor(request), **validated(request, partial=False))
            except errors.RecordRefused as error:
                raise _refused(error) from None
            return shown_with(made.version, shown(made), request, 201)

    class Detail(View):
        @extend_schema(
            operation_id=f"{resource.name}_retrieve",
            parameters=[ETAG, IF_NONE_MATCH],
            responses={200: resource.shape, 304: OpenApiResponse(description="It still is that version.")},
        )
        def get(self, request: Request, id: UUID) -> Response:
            """One record."""
            record = found(resource.one(id))
            return shown_with(record.version, shown(record), request)

        @extend_schema(
            operation_id=f"{resource.name}_update",
            parameters=[ETAG, IF_MATCH],
            request=resource.shape,
            responses={
                200: resource.shape,
                (412, "application/problem+json"): OpenApiResponse(
                    ProblemSerializer, description="It is another version by now; `ETag` names it."
                ),
            },
        )
        def patch(self, request: Request, id: UUID) -> Response:
            """Change fields of a record; `If-Match` makes sure that nobody else did in between."""
            given = validated(request, partial=True)
            version = version_expected(request, found(resource.one(id)).version)
            try:
                changed = resource.update(**{resource.kind: id}, actor=self.actor(request), version=version, **given)
            except errors.VersionConflict as error:
                raise changed_meanwhile(error.found) from None
            except errors.RecordRefused as error:
                raise _refused(error) from None
            return shown_with(changed.version, shown(changed), request)

    for view in (List, Detail):
        view.resource = resource.name
        view.rights = {
            "GET": f"crm.view_{resource.kind}",
            "POST": f"crm.add_{resource.kind}",
            "PATCH": f"crm.change_{resource.kind}",
        }
        view.__name__ = view.__qualname__ = f"{resource.name.title()}{view.__name__}"
    return List, Detail
