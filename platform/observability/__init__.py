"""Logs, metrics and error reports: what tells operators how the platform is."""
