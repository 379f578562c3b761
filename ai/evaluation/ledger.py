"""What examples and evaluations leave in the ledger: numbers and digests, never what a customer wrote."""

from audit.registry import register

CASE = {"purpose", "origin", "step", "inputs", "expected", "approval", "replaces"}
SUBJECT = {"purpose", "prompt_version", "route", "cases"}
ENDED = {"purpose", "measured", "cost_usd"}

register("golden.added", "An example was kept, with what is right", CASE)
register("golden.retired", "An example is measured by no more", {"purpose"})
register("golden.imported", "Examples were brought in from a file", {"added", "known", "replaced"})
register("golden.exported", "Examples were taken out as a file", {"purpose", "count"})
register("evaluation.queued", "A route is to be measured by examples", SUBJECT | {"limit_usd"})
register("evaluation.started", "A route is being measured", {"purpose"})
register("evaluation.done", "A route was measured", ENDED)
register("evaluation.stopped", "Measuring a route stopped before its end", ENDED | {"code"})
register(
    "route.overridden",
    "An owner activated a route that does worse, or was not measured",
    {"purpose", "number", "why", "lowered", "candidate", "baseline", "reason"},
)
