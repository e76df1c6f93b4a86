"""POST, redirect, GET: so that pressing "reload" does not do the thing twice."""

from flask import Flask, flash, get_flashed_messages, redirect, request, url_for
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

app = Flask("fisher")
app.secret_key = "not a secret"
shelf: list[str] = []


@app.post("/careless")
def careless() -> str:
    shelf.append(request.form["isbn"])
    return "offered"  # the browser's last act was the POST: reload sends it again


@app.post("/gifts")
def offer() -> Response:
    shelf.append(request.form["isbn"])
    flash("offered")  # it waits in the session for the next page
    return redirect(url_for("my_gifts"), 303)  # See Other: fetch that one, with GET


@app.get("/gifts")
def my_gifts() -> str:
    return f"{len(shelf)} on the shelf {get_flashed_messages()}"


class Browser:
    """Remember the last request that was sent, as the reload button does."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def send(self, method: str, path: str, **form: str) -> str:
        answer = self.client.open(path, method=method, data=form)
        if answer.status_code == 303:
            return self.send("GET", answer.location)
        self.last = (method, path, form)
        return answer.text

    def reload(self) -> str:
        method, path, form = self.last
        return self.send(method, path, **form)


def main() -> None:
    browser = Browser(app.test_client())
    for path, stored in (("/careless", 2), ("/gifts", 1)):
        shelf.clear()
        print(f"POST {path:10}-> {browser.send('POST', path, isbn='9787536692930')}")
        print(f"  reload: {browser.last[0]:5}-> {browser.reload()} | stored: {len(shelf)}")
        assert len(shelf) == stored


if __name__ == "__main__":
    main()
