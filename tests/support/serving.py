"""A site on a socket of this process, for a browser: tests reach its database and settings while it serves."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, cast

from flask import Flask
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve `app` on a free port of loopback; give its address."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Read the whole answer and close it: werkzeug's server leaves a file open if the browser hangs up early."""
        body = cast("Any", app(environ, start_response))
        with cast("AbstractContextManager[Iterable[bytes]]", closing(body)):
            return [b"".join(body)]

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
