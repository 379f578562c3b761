"""People in both admins; the sites, which stand on a floor above, register them.

A tenant's owner adds and changes people, each time through a service that leaves an entry. Operators
are only shown.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from accounts.errors import PersonRefused
from accounts.forms import PersonAddForm, PersonChangeForm
from accounts.models import User
from accounts.selectors import actor_of
from accounts.services import person_add, person_change, person_password_set, person_role_set
from observability.read_only import ReadOnly

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[User]
else:
    ModelAdmin = admin.ModelAdmin


class PeopleAdmin(ModelAdmin):
    """The people of a tenant. Nobody is deleted: the ledger goes on naming them."""

    list_display = ("name", "email", "role_name", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("name", "email")
    ordering = ("name",)
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = ("email", "last_login", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="role")
    def role_name(self, person: User) -> str:
        return ", ".join(group.name for group in person.groups.all())

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = PersonChangeForm if change else PersonAddForm
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("email", "name", "role", "password1", "password2")})]
        about = (None, {"fields": ("email", "name", "role", "is_active", "last_login", "created_at")})
        if not self.has_change_permission(request, obj):
            return [about]
        return [about, ("New password", {"fields": ("password1", "password2")})]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.readonly_fields if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    @method_decorator(sensitive_post_parameters())
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except PersonRefused as refused:  # the form found nothing wrong, but somebody was faster
            self.message_user(request, refused.sentence, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        given, actor = form.cleaned_data, actor_of(request.user)
        password = given["password1"]
        if not change:
            obj.pk = person_add(
                email=given["email"], name=given["name"], role=given["role"], password=password, actor=actor
            )
        else:
            # The role first: it locks the owners' group before the person, as switching a person off does.
            if "role" in form.changed_data:
                person_role_set(person=obj.pk, role=given["role"], actor=actor)
            changed = {name: given[name] for name in ("name", "is_active") if name in form.changed_data}
            if changed:
                person_change(person=obj.pk, fields=changed, actor=actor)
            if password:
                person_password_set(person=obj.pk, name=given["name"], password=password, actor=actor)
        obj.refresh_from_db()
        if password and obj.pk == request.user.pk:
            update_session_auth_hash(request, obj)


class OperatorsAdmin(ReadOnly, ModelAdmin):
    """Who operates the platform; they are made by `createsuperuser`."""

    list_display = ("name", "email", "is_active", "last_login")
    search_fields = ("name", "email")
    ordering = ("name",)
    fields = ("name", "email", "is_active", "is_superuser", "last_login", "created_at")
