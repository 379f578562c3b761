"""What is measured side by side: a module each. A worker imports its own only."""
