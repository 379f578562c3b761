"""People deciding: a proposal shows exactly what will happen, and what was approved is what happens."""
