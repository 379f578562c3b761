"""Conversations as pages show them: rows of the list, the story of one, its HTML in a sandbox."""
