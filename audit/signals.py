"""The arrow upwards: something was recorded."""

from django.dispatch import Signal

# Sent inside the transaction that the entry belongs to, with `event`, `target`, `data` and `run`.
recorded = Signal()
