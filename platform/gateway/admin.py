"""API tokens and inbound webhooks in the tenant's admin: tokens are one's own, both are revoked by whoever may."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.selectors import actor_of
from gateway.models import ApiToken, Hook
from gateway.scopes import SCOPES
from gateway.services import hook_revoke, token_create, token_find, token_revoke
from observability.read_only import ReadOnly
from tenants.admin import tenant_site

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TokenModelForm = forms.ModelForm[ApiToken]
else:
    ModelAdmin, TokenModelForm = admin.ModelAdmin, forms.ModelForm


class TokenForm(TokenModelForm):
    """A new token of the signed-in person."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in sorted(SCOPES)],
        widget=forms.CheckboxSelectMultiple,
        help_text="What it may be used for. It never goes beyond your own rights.",
    )

    class Meta:
        model = ApiToken
        fields = ("name", "scopes", "expires_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_at"].required = False
        self.fields["expires_at"].help_text = "Empty: until it is revoked."

    def clean_expires_at(self) -> Any:
        ends = self.cleaned_data["expires_at"]
        if ends and ends <= timezone.now():
            raise forms.ValidationError("This lies in the past.")
        return ends


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("valid", "Valid"), ("ended", "Expired or revoked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
        ended = Q(revoked_at__isnull=False) | Q(expires_at__lte=timezone.now())
        match self.value():
            case "valid":
                return queryset.exclude(ended)
            case "ended":
                return queryset.filter(ended)
        return queryset


@admin.register(ApiToken, site=tenant_site)
class ApiTokenAdmin(ReadOnly, ModelAdmin):
    list_display = ("name", "prefix", "person", "scope_list", "created_at", "last_used_at", "expires_at", "revoked_at")
    list_filter = (StateFilter,)
    list_select_related = ("person",)
    search_fields = ("name", "prefix", "person__name", "person__email")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("name", "prefix", "person", "scope_list", "created_at", "last_used_at", "expires_at", "revoked_at")
    readonly_fields = ("scope_list",)
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("gateway.add_apitoken")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether revoking is offered."""
        return request.user.has_perm("gateway.change_apitoken")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # Whatever is pressed, the answer is the page that shows the token.
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, {**one_button, **(extra_context or {})})

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **(kwargs if change else {"form": TokenForm, **kwargs}))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": self.fields if obj else TokenForm.Meta.fields})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        given, actor = form.cleaned_data, actor_of(request.user)
        assert actor.person is not None
        text = token_create(
            person=actor.person,
            name=given["name"],
            scopes=given["scopes"],
            expires_at=given["expires_at"],
            actor=actor,
        )
        found = token_find(text)
        assert found is not None
        obj.pk = found.pk
        obj.refresh_from_db()
        obj.text = text  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        # Not by a message after a redirect: that would put the token into a cookie.
        text: str = obj.text  # type: ignore[attr-defined]
        context = {**self.admin_site.each_context(request), "title": "API token", "original": obj, "token": text}
        return TemplateResponse(request, "admin/gateway/apitoken/created.html", {**context, "opts": self.opts})

    @admin.display(description="scopes")
    def scope_list(self, token: ApiToken) -> str:
        return "all" if set(token.scopes) == SCOPES else ", ".join(token.scopes)

    @admin.action(description="Revoke: useless at once", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        tokens = list(queryset.filter(revoked_at=None))
        for token in tokens:
            token_revoke(token=token.pk, actor=actor_of(request.user))
        self.message_user(request, f"{len(tokens)} revoked.", messages.SUCCESS)


@admin.register(Hook, site=tenant_site)
class HookAdmin(ReadOnly, ModelAdmin):
    """Inbound webhooks. The API makes them: their address is shown once."""

    list_display = ("name", "prefix", "created_at", "last_used_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "prefix")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("name", "prefix", "created_at", "last_used_at", "revoked_at")
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether revoking is offered."""
        return request.user.has_perm("gateway.change_hook")

    @admin.action(description="Revoke: useless at once", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Hook]) -> None:
        hooks = list(queryset.filter(revoked_at=None))
        for hook in hooks:
            hook_revoke(hook=hook.pk, actor=actor_of(request.user))
        self.message_user(request, f"{len(hooks)} revoked.", messages.SUCCESS)
