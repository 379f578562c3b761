"""The database backend that enters a tenant: role and search_path together, once per switch."""
