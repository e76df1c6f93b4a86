"""Blueprints: a list of things to do later, the order in which they must be loaded, and hooks of their own."""

from flask import Blueprint, Flask, Response

diary: list[str] = []
web = Blueprint("web", __name__)


@web.get("/book")  # nothing happens yet: the blueprint only remembers
def book() -> str:
    diary.append("view")
    return "book"


web.before_request(lambda: diary.append("web before"))  # for views of this blueprint
web.before_app_request(lambda: diary.append("web before, for the whole app"))


@web.after_request
def finish(response: Response) -> Response:
    diary.append("web after")
    return response


def create_app() -> Flask:
    app = Flask("fisher")
    app.before_request(lambda: diary.append("app before"))
    app.add_url_rule("/about", view_func=lambda: "about", endpoint="about")
    app.register_blueprint(web, url_prefix="/web")  # now the list is worked off
    return app


def refused(late: str) -> str:
    try:
        web.add_url_rule("/late", late, lambda: late)
    except AssertionError as error:
        return str(error).splitlines()[0]
    raise AssertionError("a rule was taken that no app will ever learn of")


def main() -> None:
    assert web.name == "web"
    app = create_app()
    endpoints = [rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    print("endpoints:", endpoints)
    assert endpoints == ["about", "web.book"]  # its name stands before each of its views

    for path in ("/web/book", "/about"):
        diary.clear()
        app.test_client().get(path)
        print(f"{path:10}", diary)
    assert diary == ["app before", "web before, for the whole app"]  # the views of others: only the app-wide hook

    # The order of loading: a module of views that is imported after register_blueprint comes too late.
    print("a view after registering:", refused("late"))

    app = create_app()
    try:
        app.register_blueprint(web)
    except ValueError as error:
        print("the same blueprint twice:", str(error).split(".")[0])
    else:
        raise AssertionError("two blueprints of one name")


if __name__ == "__main__":
    main()
