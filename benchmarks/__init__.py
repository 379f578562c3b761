"""Measurements, each in a folder of its own. Nothing of the product needs them."""
