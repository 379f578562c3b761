"""Receiving mail over SMTP: who is known, what is taken, and when it is answered for."""
