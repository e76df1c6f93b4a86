"""Forms and addresses of too many fields are refused before they are taken apart.

Werkzeug counts the parts of a multipart form alone. A urlencoded one of half a megabyte holds 250,000 fields.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from flask import Flask, Request
from werkzeug.exceptions import RequestEntityTooLarge, RequestURITooLarge
from werkzeug.formparser import FormDataParser

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: How many parameters an address may have; no page of ours needs twenty.
MOST_FORM_PARAMETERS = 500


class BoundedFormParser(FormDataParser):
    """Werkzeug's parser, whose limit of parts (`MAX_FORM_PARTS`) holds for the fields of urlencoded forms, too."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        """Parse a form.

        :raises RequestEntityTooLarge: for too many fields.
        """
        if mimetype == "application/x-www-form-urlencoded" and self.max_form_parts is not None:
            body = stream.read()  # it ends at MAX_CONTENT_LENGTH
            if body.count(b"&") >= self.max_form_parts:
                raise RequestEntityTooLarge
            stream = BytesIO(body)
        return super().parse(stream, mimetype, content_length, options)


class BoundedRequest(Request):
    """Flask's request with the bounded parser."""

    form_data_parser_class = BoundedFormParser


def init_app(app: Flask) -> None:
    """Let the app read forms so, and refuse crowded addresses."""
    app.request_class = BoundedRequest
    app.wsgi_app = without_crowded_addresses(app.wsgi_app)  # type: ignore[assignment, method-assign]


def without_crowded_addresses(inner: WSGIApplication) -> WSGIApplication:
    """Answer 414 where an address has too many parameters."""

    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("QUERY_STRING", "").count("&") >= MOST_FORM_PARAMETERS:
            return RequestURITooLarge()(environ, start_response)
        return inner(environ, start_response)

    return outer
