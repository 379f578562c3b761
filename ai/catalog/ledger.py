"""What changes of prices leave in the operators' ledger."""

from audit.registry import register

FIELDS = {"model", "valid_from", "min_prompt_tokens", "rates", "batch_factor", "source"}

register("price.added", "A model's price was entered", FIELDS)
register("price.changed", "A model's price was corrected", FIELDS | {"before"})
register("price.removed", "A model's price was removed", FIELDS)
register(
    "automation.changed_for_all", "How far the AI of every workspace may go was changed", {"mode", "former", "reason"}
)
