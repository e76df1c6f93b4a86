"""Response: what a view may return, and what Flask makes of it."""

from collections.abc import Iterator

from flask import Flask, Response, jsonify, make_response
from flask.typing import ResponseReturnValue

app = Flask("fisher")


def pieces() -> Iterator[str]:
    yield "三"
    yield "体"


def with_a_cookie() -> Response:
    response = make_response("三体", 201)  # text and status now, headers and cookies afterwards
    response.set_cookie("seen", "yes", httponly=True)
    return response


VIEWS: dict[str, ResponseReturnValue] = {
    "text": "三体",
    "bytes": b"\x89PNG",
    "dict": {"title": "三体"},
    "list": ["三体"],
    "text, status": ("三体", 404),
    "text, status, headers": ("三体", 200, {"Content-Type": "text/plain; charset=utf-8"}),
}
for name, value in VIEWS.items():
    app.add_url_rule(f"/{name}", name, lambda value=value: value)
app.add_url_rule("/generator", "generator", pieces)
app.add_url_rule("/make_response", "make_response", with_a_cookie)
app.add_url_rule("/jsonify", "jsonify", lambda: (jsonify(title="三体"), 202))
app.add_url_rule("/None", "None", lambda: None)  # type: ignore[arg-type]  # mypy sees the mistake, too


def main() -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if rule.endpoint in {"static", "None"}:
            continue
        answer = client.get(rule.rule)
        print(f"{rule.endpoint:22}{answer.status_code} {answer.content_type:26}{answer.data!r}")
    assert client.get("/list").json == ["三体"]
    assert client.get("/generator").text == "三体"
    assert "seen=yes" in client.get("/make_response").headers["Set-Cookie"]

    app.testing = True  # so that the mistake reaches us and not an error page
    try:
        client.get("/None")
    except TypeError as error:
        print("None:", str(error).split(". ")[0])
    else:
        raise AssertionError("a view that forgot to return was accepted")


if __name__ == "__main__":
    main()
