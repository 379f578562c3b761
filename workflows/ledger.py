"""What runs leave in the ledger."""

from audit.registry import register

register("automation.changed", "How far the AI may go was changed", {"mode", "former"})
register("workflow.installed", "A workflow was installed", {"slug"})
register("workflow.approvers_set", "Who decides a workflow's proposals was named", {"slug", "people", "roles"})
register("version.published", "A version of a workflow was published", {"slug", "number", "digest"})
register("version.active", "A version of a workflow was put in force", {"slug", "number", "digest"})
register(
    "version.rolled_back",
    "The former version of a workflow was put back",
    {"slug", "number", "digest", "former", "stopped", "leaving"},
)
register("version.retired", "A version of a workflow was put out of force", {"slug", "number", "digest"})
register("event.received", "An event was received", {"type", "runs"})
register("run.queued", "A run was started", {"workflow", "version", "origin"})
register("run.started", "A worker took up the run", set())
register("run.waiting", "The run waits", set())
register("run.resumed", "The run goes on", set())
register("run.succeeded", "The run has ended well", set())
register("run.failed", "The run has failed", {"step", "error"})
register("run.cancelled", "The run was cancelled", {"reason"})
register("run.retried", "A failed run was taken up again", {"step", "changed"})
register("run.undoing", "What the run did is being undone", {"plan"})
register("run.undone", "What the run did was undone", {"plan"})
register("run.undo_incomplete", "What the run did was undone in part", {"plan"})
register("step.started", "A step was begun", {"step", "kind", "attempt"})
register("step.retried", "A failed step was begun again", {"step", "kind"})
register("step.succeeded", "A step is done", {"step", "kind", "output"})
register("step.skipped", "A step was skipped", {"step", "kind", "reason"})
register("step.waiting", "A step waits", {"step", "kind"})
register("step.retrying", "A step will be tried again", {"step", "kind", "attempt", "error"})
register("step.failed", "A step has failed", {"step", "kind", "error"})
register("effect.held", "Something is held before it leaves", {"step", "action", "plan"})
register("effect.stopped", "Something held was stopped", {"step", "action", "reason"})
register("effect.intended", "Something is about to leave", {"step", "action"})
register("effect.done", "Something was done", {"step", "action", "plan", "outcome"})
register("effect.failed", "Something could not be done", {"step", "action", "outcome"})
register("effect.unknown", "Nobody knows whether this has happened", {"step", "action", "outcome"})
register("effect.undoing", "Something is being undone", {"step", "action", "plan"})
register("effect.undone", "Something was undone", {"step", "action", "plan", "outcome"})
register("effect.undo_failed", "Something could not be undone", {"step", "action", "plan", "outcome"})
