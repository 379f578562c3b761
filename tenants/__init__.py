"""Tenants: their schema, database role, rights, hosts, inbound addresses and lifecycle."""
