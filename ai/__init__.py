"""The gateway to language models: purposes, providers, checks, and what every call cost."""
