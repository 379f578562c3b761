"""What a durable run costs: `python -m benchmarks.engine`, or `make bench`."""
