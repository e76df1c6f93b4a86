"""The two contexts: which app is this, which request is this, and who opens them when."""

from flask import Flask, current_app, g, has_app_context, has_request_context, request


def make_app(name: str) -> Flask:
    app = Flask(name)
    app.config["SITE"] = name
    return app


def site() -> str:
    """Stand for any function far away from create_app that needs the configuration."""
    return str(current_app.config["SITE"])


def main() -> None:
    fisher, api = make_app("fisher"), make_app("api")

    # 1. No context: current_app is a proxy with nothing behind it.
    try:
        site()
    except RuntimeError as error:
        print("no context:", str(error).splitlines()[0])
    else:
        raise AssertionError("current_app answered without a context")

    # 2. Offline: a script, a CLI command or a test opens the app context itself. No request needed.
    with fisher.app_context():
        print("app context by hand:", site(), "| request context:", has_request_context())
        assert site() == "fisher"
        assert not has_request_context()

    # 3. Online: pushing a request context opens the app context beneath it, because none is there.
    with fisher.test_request_context("/book/search?q=三体"):
        print("request context:", request.args["q"], "| app context came along:", site())
        assert site() == "fisher"
    assert not has_app_context()  # and it went away with it

    # 4. Lazily: if this app's context is open already, the request uses that one - the same g.
    with fisher.app_context():
        g.note = "written offline"
        with fisher.test_request_context():
            print("same app: g is shared:", g.note)
            assert g.note == "written offline"
        # 5. Another app's request gets a context of its own on top, and a fresh g.
        with api.test_request_context():
            print("other app:", site(), "| g.note:", g.get("note"))
            assert site() == "api"
            assert "note" not in g
        print("back again:", site(), "| g.note:", g.note)
        assert (site(), g.note) == ("fisher", "written offline")


if __name__ == "__main__":
    main()
