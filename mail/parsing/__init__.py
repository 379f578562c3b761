"""Reading a raw message: small, pure modules without Django, run in a process of their own.

`sandbox.message_parse` is the door: it starts `python -m mail.parsing`, whose time and memory are limited,
and hands back a `results.Parsed`. Nothing here touches the database or knows a tenant.
"""
