"""WSGI and wsgiref: what a server and an app say to each other, and Python's own small server."""

import threading
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from flask import Flask


def bare(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer without any framework: a dictionary comes in, a status, headers and bytes go out."""
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}".encode()]


flask_app = Flask("fisher")
flask_app.add_url_rule("/<path:path>", view_func=lambda path: f"Flask: {path}", endpoint="page")


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def ask_over_a_socket(app: Callable[..., Iterable[bytes]], path: str) -> str:
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        threading.Thread(target=server.handle_request).start()  # one request, then it is done
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{server.server_port}{path}") as answer:
            return str(answer.read().decode())


def main() -> None:
    # A server is not even needed: the app is a function, so call it.
    environ: dict[str, Any] = {"PATH_INFO": "/book"}
    setup_testing_defaults(environ)
    called: list[str] = []
    body = b"".join(bare(environ, lambda status, headers: called.append(f"{status} {dict(headers)}")))
    print("called by hand:", called, body.decode())
    assert body == b"GET /book"

    # wsgiref serves either, and knows neither. The validator complains when one side breaks the rules.
    by_wsgiref = [ask_over_a_socket(validator(app), "/book") for app in (bare, flask_app)]
    print("served by wsgiref:", by_wsgiref)
    assert by_wsgiref == ["GET /book", "Flask: book"]


if __name__ == "__main__":
    main()
