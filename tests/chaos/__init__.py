"""Breaking a real platform on purpose: `python -m tests.chaos --help`, `make chaos`."""
