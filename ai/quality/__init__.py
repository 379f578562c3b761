"""How good the AI's work is: what people made of it, what it cost, and whether either has changed."""
