"""What a tenant knows: facts and rules of the house that replies may quote."""
