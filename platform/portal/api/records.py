"""CRM records: contacts, listings, enquiries, tasks, appointments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm import errors, selectors, services
from gateway.pagination import cursor_of, page
from gateway.problems import Problem
from portal.api import shapes
from portal.api.base import View, found


@dataclass(frozen=True)
class Resource:
    """How one kind of record is listed, read and written. `filters` name the list's query parameters."""

    name: str
    kind: str
    shape: type[serializers.Serializer[Any]]
    listing: Callable[..., selectors.Page[Any]]
    one: Callable[[UUID], Any]
    create: Callable[..., Any]
    update: Callable[..., Any]
    filters: Mapping[str, serializers.Field[Any, Any, Any, Any]]


TEXT, ID, TRUTH = serializers.CharField(), serializers.UUIDField(), serializers.BooleanField()
RESOURCES = (
    Resource(
        "contacts",
        "contact",
        shapes.ContactShape,
        selectors.contact_list,
        selectors.contact_view,
        services.contact_create,
        services.contact_update,
        {"email": TEXT, "search": TEXT},
    ),
    Resource(
        "listings",
        "listing",
        shapes.ListingShape,
        selectors.listing_list,
        selectors.listing_view,
        services.listing_create,
        services.listing_update,
        {"status": TEXT, "suburb": TEXT, "search": TEXT},
    ),
    Resource(
        "enquiries",
        "enquiry",
        shapes.EnquiryShape,
        selectors.enquiry_list,
        selectors.enquiry_view,
        services.enquiry_create,
        services.enquiry_update,
        {"contact": ID, "listing": ID, "status": TEXT},
    ),
    Resource(
        "tasks",
        "task",
        shapes.TaskShape,
        selectors.task_list,
        selectors.task_view,
        services.task_create,
        services.task_update,
        {"assignee": ID, "contact": ID, "enquiry": ID, "done": TRUTH},
    ),
    Resource(
        "appointments",
        "appointment",
        shapes.AppointmentShape,
        selectors.appointment_list,
        selectors.appointment_view,
        services.appointment_create,
        services.appointment_update,
        {"contact": ID, "listing": ID, "status": TEXT},
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
        @extend_schema(operation_id=f"{resource.name}_list", responses=shapes.paged(resource.shape))
        def get(self, request: Request) -> Response:
            """Records, newest first."""
            wanted = {
                name: field.run_validation(request.query_params[name])
                for name, field in resource.filters.items()
                if request.query_params.get(name)
            }
            cursor = cursor_of(request)
            listed = resource.listing(
                older_than=cursor.older_than, newer_than=cursor.newer_than, limit=cursor.limit, **wanted
            )
            return page(request, listed.items, listed.older, listed.newer, shown)

        @extend_schema(operation_id=f"{resource.name}_create", request=resource.shape, responses={201: resource.shape})
        def post(self, request: Request) -> Response:
            """Add a record."""
            try:
                made = resource.create(actor=self.actor(request), **validated(request, partial=False))
            except errors.RecordRefused as error:
                raise _refused(error) from None
            return Response(shown(made), status=201)

    class Detail(View):
        @extend_schema(operation_id=f"{resource.name}_retrieve", responses=resource.shape)
        def get(self, request: Request, id: UUID) -> Response:
            """One record."""
            return Response(shown(found(resource.one(id))))

        @extend_schema(operation_id=f"{resource.name}_update", request=resource.shape, responses=resource.shape)
        def patch(self, request: Request, id: UUID) -> Response:
            """Change fields of a record."""
            found(resource.one(id))
            try:
                changed = resource.update(
                    **{resource.kind: id}, actor=self.actor(request), **validated(request, partial=True)
                )
            except errors.RecordRefused as error:
                raise _refused(error) from None
            return Response(shown(changed))

    for view in (List, Detail):
        view.resource = resource.name
        view.rights = {
            "GET": f"crm.view_{resource.kind}",
            "POST": f"crm.add_{resource.kind}",
            "PATCH": f"crm.change_{resource.kind}",
        }
        view.__name__ = view.__qualname__ = f"{resource.name.title()}{view.__name__}"
    return List, Detail
