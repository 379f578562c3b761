"""What models cost: one price table for all tenants, in the public schema, edited by operators."""
