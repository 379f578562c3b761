"""Budgets in words."""

from __future__ import annotations

from decimal import Decimal

from ai.budgets.accounts import Kind
from ai.models import BudgetScope, BudgetWindow


def usd(amount: Decimal) -> str:
    """US$1.50; as many digits as it has, and two at least."""
    digits = max(2, -int(amount.normalize().as_tuple().exponent))
    return f"US${amount:,.{digits}f}"


def about_words(kind: Kind) -> str:
    """What a budget counts, to stand behind it: “ for the workflow property-enquiry”; empty for everything."""
    if kind.scope == BudgetScope.WORKFLOW:
        return f" for the workflow {kind.key}"
    return f" for “{kind.key}”" if kind.scope == BudgetScope.PURPOSE else ""


def limit_words(kind: Kind, limit: Decimal | None) -> str:
    """The limit of US$1.50 a day for “draft”."""
    return f"The limit of {usd(limit or Decimal(0))} {BudgetWindow(kind.window).label}{about_words(kind)}"
