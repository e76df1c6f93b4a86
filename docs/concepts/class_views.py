"""add_url_rule and class views: what ``@app.route`` does, and a class that answers by HTTP verb."""

from flask import Flask, request, url_for
from flask.views import MethodView

app = Flask("fisher")


@app.route("/with-decorator")
def decorated() -> str:
    return "hello"


def plain() -> str:
    return "hello"


# What the decorator did above, written out: path, endpoint (the name url_for knows), function.
app.add_url_rule("/without", endpoint="plain", view_func=plain)


class GiftView(MethodView):
    """One URL, a method per verb. A fresh instance serves each request, so ``self`` is safe."""

    def __init__(self, shelf: list[str]) -> None:
        self.shelf = shelf

    def get(self) -> list[str]:
        return self.shelf  # a list or dict becomes JSON

    def post(self) -> tuple[list[str], int]:
        self.shelf.append(request.form["isbn"])
        return self.shelf, 201


# as_view makes the function that Flask wants; what follows the name goes to __init__ each time.
app.add_url_rule("/gifts", view_func=GiftView.as_view("gifts", shelf=[]))


def main() -> None:
    client = app.test_client()
    assert client.get("/with-decorator").text == client.get("/without").text == "hello"
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    print("endpoints:", {name: rules[name] for name in ("decorated", "plain", "gifts")})

    posted = client.post("/gifts", data={"isbn": "9787536692930"})
    print("POST", posted.status_code, "| then GET", client.get("/gifts").json)
    assert posted.status_code == 201
    assert client.get("/gifts").json == ["9787536692930"]

    refused = client.delete("/gifts")  # no method `delete` in the class
    print("DELETE", refused.status_code, "| allowed:", sorted(refused.allow))
    assert refused.status_code == 405
    assert set(refused.allow) == {"GET", "HEAD", "OPTIONS", "POST"}

    with app.test_request_context():
        assert url_for("gifts") == "/gifts"  # by endpoint: the path may change, the name stays


if __name__ == "__main__":
    main()
