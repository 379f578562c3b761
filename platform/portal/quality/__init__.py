"""The page of quality and cost: its findings in words, its charts, and the table behind each."""
