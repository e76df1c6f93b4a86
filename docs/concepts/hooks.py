"""Hooks: before, after and teardown; in which order, and which of them run when something goes wrong."""

from flask import Flask, Response, g, request

diary: list[str] = []
app = Flask("fisher")


@app.before_request
def first() -> None:
    diary.append("before 1")
    g.reader = request.args.get("as")


@app.before_request
def second() -> str | None:
    diary.append("before 2")
    return None if g.reader else "please log in"  # an answer ends the way here: no view will run


@app.get("/<int:divisor>")
def view(divisor: int) -> str:
    diary.append("view")
    return f"{g.reader} {1 / divisor}"


@app.after_request
def after_1(response: Response) -> Response:
    diary.append(f"after 1 ({response.status_code})")
    return response  # forget this and the answer is gone


@app.after_request
def after_2(response: Response) -> Response:
    diary.append("after 2")
    return response


@app.after_request
def fragile(response: Response) -> Response:
    if "break" in request.args:
        raise LookupError
    return response


app.teardown_request(lambda error: diary.append(f"teardown ({type(error).__name__})"))


def visit(path: str) -> list[str]:
    diary.clear()
    app.test_client().get(path)
    print(f"{path:16}{' | '.join(diary)}")
    return list(diary)


def main() -> None:
    app.logger.disabled = True  # the failure below is meant
    assert visit("/1?as=Ann") == ["before 1", "before 2", "view", "after 2", "after 1 (200)", "teardown (NoneType)"]
    assert "view" not in visit("/1")  # stopped by a hook that answered; the others still run
    failed = visit("/0?as=Ann")  # the after hooks see the error page; teardown is told what went wrong
    assert failed[-2:] == ["after 1 (500)", "teardown (ZeroDivisionError)"]

    broken = visit("/1?as=Ann&break")  # an after hook that fails takes the others with it, but teardown always comes
    assert broken == ["before 1", "before 2", "view", "teardown (LookupError)"]


if __name__ == "__main__":
    main()
