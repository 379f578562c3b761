"""Customers, listings, enquiries, tasks and appointments: one set of pages, and what differs between the kinds."""
