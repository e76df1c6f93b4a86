"""Unique URLs: one page, one address; every other spelling is sent there or is not there."""

from flask import Flask, redirect, url_for
from werkzeug.wrappers import Response

app = Flask("fisher")


@app.route("/shelf/")  # with a slash, like a folder
def shelf() -> str:
    return "the shelf"


@app.route("/about")  # without, like a file
def about() -> str:
    return "about us"


@app.route("/book/<isbn>")
def book(isbn: str) -> str | Response:
    """Apply the same rule to our own spellings: hyphens may be typed, but are no second address."""
    plain = isbn.replace("-", "")
    if plain != isbn:
        return redirect(url_for("book", isbn=plain), 301)
    return f"book {isbn}"


def main() -> None:
    client = app.test_client()
    for path, status, target in (
        ("/shelf/", 200, None),
        ("/shelf", 308, "http://localhost/shelf/"),
        ("/shelf?page=2", 308, "http://localhost/shelf/?page=2"),  # the query travels along
        ("/shelf//", 308, "http://localhost/shelf/"),  # doubled slashes are merged
        ("/about", 200, None),
        ("/about/", 404, None),  # the other way round there is no redirect
        ("/book/978-7-5366-9293-0", 301, "/book/9787536692930"),
    ):
        answer = client.get(path, base_url="http://localhost")
        print(f"{path:25}{answer.status_code} {answer.location or ''}".rstrip())
        assert (answer.status_code, answer.location) == (status, target)

    with app.test_request_context():
        print("url_for knows one address:", url_for("shelf"))
        assert url_for("shelf") == "/shelf/"


if __name__ == "__main__":
    main()
