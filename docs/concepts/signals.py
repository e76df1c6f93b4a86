"""Signals: telling those who want to know, without knowing who they are; and the listener that vanished."""

import gc

from blinker import Namespace
from flask import Flask, got_request_exception, request_started

gift_offered = Namespace().signal("gift-offered")
heard: list[str] = []


def count(sender: object, *, isbn: str) -> None:
    heard.append(f"count {isbn}")


def connect_carelessly() -> None:
    def tell(sender: object, *, isbn: str) -> None:
        heard.append(f"tell {isbn}")

    gift_offered.connect(tell)  # only a weak reference is kept …


def main() -> None:
    gift_offered.connect(count)
    connect_carelessly()
    gc.collect()  # … so that the inner function is gone by now
    gift_offered.send("the shop", isbn="9787536692930")
    print("heard:", heard)
    assert heard == ["count 9787536692930"]

    # It is an ordinary call: the sender waits, and a listener's exception lands on the sender.
    def fail(sender: object, **_: object) -> None:
        raise OSError("the log's disk is full")

    with gift_offered.connected_to(fail):
        try:
            gift_offered.send("the shop", isbn="9787020002207")
        except OSError as error:
            print("the sender gets:", error)
        else:
            raise AssertionError("the failure went nowhere")

    # Flask sends its own. A hook may answer or change the answer; a listener may only look.
    app = Flask("fisher")
    app.add_url_rule("/<int:n>", view_func=lambda n: str(1 / n), endpoint="view")
    app.logger.disabled = True
    seen: list[str] = []
    with (
        request_started.connected_to(lambda sender, **_: seen.append(f"{sender.name}: started"), app),
        got_request_exception.connected_to(lambda sender, *, exception, **_: seen.append(repr(exception)), app),
    ):
        app.test_client().get("/1")
        app.test_client().get("/0")
    print("Flask's own:", seen)
    assert seen == ["fisher: started", "fisher: started", "ZeroDivisionError('division by zero')"]


if __name__ == "__main__":
    main()
