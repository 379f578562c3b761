"""The arrow upwards: a person has decided."""

from django.dispatch import Signal

# Sent inside the deciding transaction, with `approval`, `run` and `decision` (approve, reject, expired, renewed, asked,
# answered).
approval_decided = Signal()
