"""How runs go: claim, do what is ready, commit each step, stop where the run waits or ends."""
