from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"

    def ready(self) -> None:
        from approvals.proposals import origin_register
        from tenants.packs import packs_offered_by
        from workflows import belongings, handlers, ledger, personal, receivers  # noqa: F401
        from workflows.engine.revisions import RunProposals
        from workflows.packs import NONE, pack_names

        origin_register(RunProposals())
        packs_offered_by(lambda: [*pack_names(), NONE])
