"""The ready queue of all tenants: what is due, who works on it, and until when.

A message on the broker is only a wake-up. The row decides what is done, for whom, and by whom; a
tenant is a text here.
"""
