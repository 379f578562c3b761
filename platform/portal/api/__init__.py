"""The REST API of a tenant, /api/v1/: views parse and answer; what happens is decided by the apps' services."""
