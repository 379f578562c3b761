from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"

    def ready(self) -> None:
        from dispatch.registry import tenants_entered_by
        from tenants import checks, ledger, ledgers, receivers  # noqa: F401
        from tenants.content_types import keep_apart
        from tenants.selectors import working_context

        tenants_entered_by(working_context)
        keep_apart()
