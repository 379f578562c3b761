"""Settings, URLs and entry points (WSGI, Celery) of the one process image that every role runs."""

# Loaded with the package, so that every process that adds work can wake a worker.
from config.celery import app as celery_app

__all__ = ["celery_app"]
