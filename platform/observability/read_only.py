"""Admin pages for looking, shared by every floor: what they show is written elsewhere, or by actions."""

from django.http import HttpRequest


class ReadOnly:
    """Goes before `ModelAdmin`: nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class Part(ReadOnly):
    """Goes before an inline: a part of its page, for whoever may read the page."""

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True
