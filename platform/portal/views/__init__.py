"""The portal's pages: each parses a request, asks selectors or services, and answers."""
