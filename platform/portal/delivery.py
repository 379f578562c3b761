"""What leaves for a browser: static files under addresses that hold their version, so that they are kept for good; text
and pages compressed.

There is no step that collects them. A development server (DEBUG) serves each file as it is now, under its plain name.
"""

import gzip
import hashlib
import re
from functools import cache
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response, StaticFile

TEXT = re.compile(r"text/|application/(json|manifest\+json)|image/svg\+xml")
ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


@cache
def version() -> str:
    """Tells these static files from any others: the first digits of the SHA-256 over their names and contents."""
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in sorted(finder.list(None), key=lambda found: found[0]):
            digest.update(name.encode())
            digest.update(Path(storage.path(name)).read_bytes())
    return digest.hexdigest()[:12]


@cache
def compressed(path: str) -> bytes:
    """A file's bytes, compressed once a process."""
    return gzip.compress(Path(path).read_bytes(), mtime=0)


class VersionedStorage(StaticFilesStorage):
    """Addresses with the version as a folder: what a style sheet names beside itself is found there too."""

    def url(self, name: str | None) -> str:
        return super().url(name if settings.DEBUG else f"{version()}/{name}")


class CompressedFile(StaticFile):  # type: ignore[misc]
    """A static file that answers in gzip where the browser takes it. Fonts and pictures are compressed already."""

    def __init__(self, path: str, headers: Any, **more: Any) -> None:
        super().__init__(path, headers, **more)
        self.path = path

    def get_response(self, method: str, request_headers: dict[str, str]) -> Response:
        response = super().get_response(method, request_headers)
        whole = response.status == HTTPStatus.OK and response.file is not None
        if not (whole and ACCEPTS_GZIP.search(request_headers.get("HTTP_ACCEPT_ENCODING", ""))):
            return response
        response.file.close()
        content = compressed(self.path)
        headers = Headers(list(response.headers))
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(content))
        return Response(response.status, headers.items(), BytesIO(content))


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise over the apps' own folders, with versioned addresses beside the plain ones."""

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        super().add_file_to_dictionary(url, path, stat_cache=stat_cache)
        versioned = f"{self.static_prefix}{version()}/{url.removeprefix(self.static_prefix)}"
        super().add_file_to_dictionary(versioned, path, stat_cache=stat_cache)

    def immutable_file_test(self, path: str, url: str) -> bool:
        return url.startswith(f"{self.static_prefix}{version()}/")

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        if not TEXT.match(headers["Content-Type"] or ""):
            return StaticFile(path, headers.items(), stat_cache=stat_cache)
        headers["Vary"] = "Accept-Encoding"
        return CompressedFile(path, headers.items(), stat_cache=stat_cache)


class CompressedPagesMiddleware(GZipMiddleware):
    """Pages leave in gzip, padded at random by Django against guesses from their length. The API's answers stay as they
    are: compressing would make their ETags weak."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
