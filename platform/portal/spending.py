"""Budgets as people read and write them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from ai.budgets.selectors import KEYS, BudgetScope, BudgetView, BudgetWindow, Given, Kind, usd

FULL = Decimal(100)
WORDS = {BudgetScope.TENANT: "Everything", BudgetScope.RUN: "Each run"}
PURPOSE_WORDS = {
    "understand": "Understanding email",
    "recommend": "Recommending",
    "draft": "Drafting replies",
    "evaluation": "Trying out: replay and evaluation",
}


@dataclass(frozen=True)
class Bar:
    """How far a window has come towards its limit: widths and places in per cent of the bar."""

    spent: str
    reserved_from: str
    reserved: str
    soft: str
    summary: str


@dataclass(frozen=True)
class Row:
    """One budget of the page. `ref` names it in a form and in the address."""

    ref: str
    about: str
    window: str
    spent: str
    soft: str
    hard: str
    state: str
    bar: Bar


def row_of(budget: BudgetView) -> Row:
    """A budget as its row is shown."""
    return Row(
        ref=f"{budget.scope}/{budget.key}/{budget.window}",
        about=about(budget.scope, budget.key),
        window="the newest run" if budget.window == BudgetWindow.RUN else BudgetWindow(budget.window).label,
        spent=usd(budget.spent_usd.quantize(Decimal("0.0001"))),
        soft=usd(budget.soft_usd) if budget.soft_usd is not None else "",
        hard=usd(budget.hard_usd) if budget.hard_usd is not None else "",
        state=budget.state,
        bar=_bar(budget),
    )


def kind_of(ref: str) -> Kind:
    """The kind that a row's `ref` names; of nothing where it is malformed."""
    return Kind(*[*ref.replace("\0", "").split("/"), "", ""][:3])


def initial_of(found: Iterable[BudgetView], ref: str) -> dict[str, Any]:
    """What the form begins with: the budget that is to be changed, or a month's."""
    for budget in found:
        if row_of(budget).ref == ref:
            limits = {"soft": _plain(budget.soft_usd), "hard": _plain(budget.hard_usd)}
            return {"about": f"{budget.scope}/{budget.key}", "window": budget.window, **limits}
    return {"window": BudgetWindow.MONTH.value}


def _plain(limit: Decimal | None) -> str:
    return "" if limit is None else f"{limit.normalize():f}"


def about(scope: str, key: str) -> str:
    """What a budget counts."""
    if scope == BudgetScope.PURPOSE:
        return PURPOSE_WORDS.get(key, key)
    return f"Workflow {key}" if scope == BudgetScope.WORKFLOW else WORDS[BudgetScope(scope)]


def _bar(budget: BudgetView) -> Bar:
    whole = budget.hard_usd if budget.hard_usd is not None else budget.soft_usd or Decimal(0)
    spent = _part(budget.spent_usd, whole)
    both = _part(budget.spent_usd + budget.reserved_usd, whole)
    soft = "" if budget.soft_usd is None or budget.hard_usd is None else f"{_part(budget.soft_usd, whole):.2f}"
    summary = f"{spent:.0f} % of {usd(whole)} spent"
    if budget.reserved_usd:
        summary += f", {usd(budget.reserved_usd.quantize(Decimal('0.0001')))} reserved"
    return Bar(f"{spent:.2f}", f"{spent:.2f}", f"{both - spent:.2f}", soft, summary)


def _part(amount: Decimal, whole: Decimal) -> Decimal:
    return min(FULL, amount / whole * FULL) if whole else FULL


class BudgetForm(forms.Form):
    """One budget."""

    about = forms.ChoiceField(error_messages={"invalid_choice": "Choose what it counts."})
    window = forms.ChoiceField(choices=BudgetWindow.choices)
    soft = forms.DecimalField(required=False, min_value=0, max_digits=12, decimal_places=4)
    hard = forms.DecimalField(required=False, min_value=0, max_digits=12, decimal_places=4)

    def __init__(
        self, workflows: Iterable[str], data: QueryDict | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["about"]
        assert isinstance(field, forms.ChoiceField)
        kinds = [
            (BudgetScope.TENANT, ""),
            (BudgetScope.RUN, ""),
            *((BudgetScope.PURPOSE, name) for name in KEYS),
            *((BudgetScope.WORKFLOW, slug) for slug in workflows),
        ]
        field.choices = [(f"{scope.value}/{key}", about(scope, key)) for scope, key in kinds]

    def given(self) -> Given:
        """What the form says, once it is valid."""
        said = self.cleaned_data
        scope, _, key = said["about"].partition("/")
        return Given(scope, key, said["window"], said["soft"], said["hard"])
