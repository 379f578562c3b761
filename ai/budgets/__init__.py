"""What calls of models may cost: the most that one can cost is reserved before it, and settled after it."""
