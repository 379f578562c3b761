"""What the AI gateway costs beside the model: time per call, calls in flight, a story's tokens, and an outage."""
