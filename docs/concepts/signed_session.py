"""The session: a cookie that everybody can read, and only the server can write."""

import base64
import json

from flask import Flask, session
from werkzeug.test import TestResponse


def make_app(key: str, *old_keys: str) -> Flask:
    app = Flask("fisher")
    app.secret_key = key
    app.config["SECRET_KEY_FALLBACKS"] = list(old_keys)

    @app.get("/login/<int:user>")
    def login(user: int) -> str:
        session["user"] = user
        return "welcome"

    @app.get("/logout")
    def logout() -> str:
        session.clear()
        return "goodbye"

    @app.get("/me")
    def me() -> str:
        return f"user {session.get('user')}"

    return app


def cookie_of(response: TestResponse) -> str:
    return str(response.headers["Set-Cookie"]).split(";")[0].removeprefix("session=")


def ask(app: Flask, cookie: str) -> str:
    client = app.test_client()
    client.set_cookie("session", cookie)
    return client.get("/me").text


def main() -> None:
    app = make_app("first key")
    browser = app.test_client()
    cookie = cookie_of(browser.get("/login/7"))
    payload, time, signature = cookie.split(".")

    # Signed is not encrypted: the first part is base64, no key needed. A password or an address has no business there.
    read = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    print("read without the key:", read)
    assert read == {"user": 7}

    forged = base64.urlsafe_b64encode(b'{"user":1}').decode().rstrip("=")
    answers = {
        "as it was sent": ask(app, cookie),
        "payload changed": ask(app, f"{forged}.{time}.{signature}"),
        "another key": ask(make_app("second key"), cookie),
        "another key, the old one named": ask(make_app("second key", "first key"), cookie),
    }
    for what, answer in answers.items():
        print(f"{what:31}{answer}")
    assert list(answers.values()) == ["user 7", "user None", "user None", "user 7"]

    # And nothing is taken back: a copy of the cookie is good after the reader has logged out.
    browser.get("/logout")
    after = browser.get("/me").text, ask(app, cookie)
    print("after logging out, the browser and the copy:", after)
    assert after == ("user None", "user 7")


if __name__ == "__main__":
    main()
