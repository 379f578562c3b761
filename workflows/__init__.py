"""The engine: events start runs of versioned workflows, step by durable step."""
