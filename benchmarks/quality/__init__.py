"""How long figures of quality take with many calls."""
