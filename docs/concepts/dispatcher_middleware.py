"""DispatcherMiddleware: two WSGI apps behind one door, told apart by how the path begins."""

from flask import Flask, current_app, request, url_for
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

site, api = Flask("site"), Flask("api")


def describe(name: str) -> dict[str, str]:
    """Return which app answers, and how the path was cut in two."""
    return {
        "app": current_app.name,
        "script_root": request.script_root,  # the part the dispatcher took off
        "path": request.path,  # the part this app has to route
        "url_for": url_for("describe", name=name),
    }


for app in (site, api):
    app.add_url_rule("/book/<name>", "describe", describe)


@site.before_request
def greet() -> None:
    print("  (a hook of the site runs)")


def main() -> None:
    # A WSGI app is any callable (environ, start_response), so the dispatcher is one too.
    door = Client(DispatcherMiddleware(site.wsgi_app, {"/v2": api.wsgi_app}))

    page = door.get("/book/x").json
    print("/book/x    ->", page)
    assert page == {"app": "site", "script_root": "", "path": "/book/x", "url_for": "/book/x"}

    answer = door.get("/v2/book/x").json
    print("/v2/book/x ->", answer)  # and no hook of the site ran
    assert answer == {"app": "api", "script_root": "/v2", "path": "/book/x", "url_for": "/v2/book/x"}

    # Only a whole piece of the path counts.
    almost = door.get("/v20/book/x")
    print("/v20/book/x ->", almost.status_code)
    assert almost.status_code == 404

    # app.wsgi_app is the place to hang it: then app.run and app.test_client use it as well.
    site.wsgi_app = DispatcherMiddleware(site.wsgi_app, {"/v2": api.wsgi_app})  # type: ignore[method-assign]
    assert site.test_client().get("/v2/book/x").json == answer


if __name__ == "__main__":
    main()
