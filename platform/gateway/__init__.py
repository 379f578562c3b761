"""The API's gate: tokens and scopes, pages of lists, and the one format of errors."""
