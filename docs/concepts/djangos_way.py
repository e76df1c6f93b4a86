"""Django's way, rebuilt in miniature: the request is handed to the view, and the rules stand in one list."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask, request
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

SETTINGS = {"SITE": "fisher"}  # Django's settings: one module for the whole process


def greet(request: Request) -> Response:
    """A Django view: a function of the request. No Local, no proxy, no context."""
    return Response(f"{SETTINGS['SITE']}: {request.args['name']}")


urlpatterns: list[tuple[str, Callable[[Request], Response]]] = [("/greet", greet)]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    asked = Request(environ)
    view = dict(urlpatterns).get(asked.path)
    response = view(asked) if view else Response(status=404)
    return response(environ, start_response)


def name_far_below() -> str:
    """Flask's way: a helper far from the view asks for itself; nobody had to pass the request down to it."""
    return request.args["name"]


def create_app(site: str) -> Flask:
    app = Flask(site)
    app.add_url_rule("/greet", view_func=lambda: f"{site}: {name_far_below()}", endpoint="greet")
    return app


def main() -> None:
    with ThreadPoolExecutor(2) as pool:
        by_argument = list(pool.map(lambda name: Client(application).get(f"/greet?name={name}").text, ("Ann", "Bao")))
    print("Django's way:", by_argument)
    assert by_argument == ["fisher: Ann", "fisher: Bao"]

    # Flask's way costs a context, and buys two things: short signatures, and several apps in one process.
    sites = [create_app(name).test_client().get("/greet?name=Ann").text for name in ("fisher", "api")]
    print("Flask's way: ", sites)
    assert sites == ["fisher: Ann", "api: Ann"]

    # The price, where there is no request: the argument is simply missing, the proxy has nobody to ask.
    try:
        name_far_below()
    except RuntimeError as error:
        print("Flask, no request:", str(error).splitlines()[0])
    else:
        raise AssertionError("a request out of nowhere")


if __name__ == "__main__":
    main()
