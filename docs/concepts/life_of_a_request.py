"""The life of a request: every step from the server's call to the last teardown, in the order in which Flask takes them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, appcontext_popped, appcontext_pushed, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.test import create_environ, run_wsgi_app

STEPS = """__call__ wsgi_app request_context full_dispatch_request preprocess_request dispatch_request finalize_request
    make_response process_response handle_user_exception handle_exception do_teardown_request do_teardown_appcontext"""
lines: list[str] = []
depth = [0]


def note(text: str) -> None:
    lines.append("  " * depth[0] + text)


def traced(step: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(step)
    def tell(*args: Any, **kwargs: Any) -> Any:
        note(step.__name__)
        depth[0] += 1
        try:
            return step(*args, **kwargs)
        finally:
            depth[0] -= 1

    return tell


Traced = type("Traced", (Flask,), {name: traced(getattr(Flask, name)) for name in STEPS.split()})
Cookie = SecureCookieSessionInterface
Sessions = type("Sessions", (Cookie,), {n: traced(getattr(Cookie, n)) for n in ("open_session", "save_session")})

app: Flask = Traced("fisher")
app.secret_key, app.session_interface = "not a secret", Sessions()
app.logger.disabled = True  # one of the two requests below is meant to fail
app.before_request(lambda: note("* your before_request"))
app.teardown_request(lambda error: note(f"* your teardown_request, told {error!r}"))
app.teardown_appcontext(lambda error: note(f"* your teardown_appcontext, told {error!r}"))


@app.after_request
def after(response: Response) -> Response:
    note("* your after_request")
    return response


@app.get("/<what>")
def view(what: str) -> str:
    note(f"* your view: {what}")
    session["seen"] = what
    return f"{1 / len(what.strip('-'))}"


def serve(path: str) -> list[str]:
    lines.clear()
    _body, status, _headers = run_wsgi_app(app, create_environ(path))
    return [*lines, f"the server sends {status}"]


def main() -> None:
    with (
        appcontext_pushed.connected_to(lambda *_, **__: note("(the contexts are pushed)")),
        appcontext_popped.connected_to(lambda *_, **__: note("(the contexts are popped)")),
    ):
        good, bad = serve("/book"), serve("/-")
    print(*good, "", "and when the view fails, from there on:", *bad[bad.index("        * your view: -") :], sep="\n")
    assert good[-2:] == ["    (the contexts are popped)", "the server sends 200 OK"]
    assert any("your teardown_request, told ZeroDivisionError" in line for line in bad)


if __name__ == "__main__":
    main()
