"""before_first_request: what Flask 1.1 did, why it went away, and the two places to go instead."""

from functools import cached_property, partial
from threading import Lock

from flask import Flask


class OldFlask(Flask):
    """Flask 1.1's rule, rebuilt: the first request of *this process* pays for all the others."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.first: list[partial[None]] = []
        self.got_first, self.lock = False, Lock()
        self.before_request(self.run_first_functions)

    def run_first_functions(self) -> None:
        if self.got_first:
            return
        with self.lock:  # two first requests may arrive together
            if not self.got_first:
                for function in self.first:
                    function()
                self.got_first = True


class Container:
    """Now, for a part that is dear: built when first asked for, and kept."""

    @cached_property
    def search(self) -> str:
        print("  the container builds the search")
        return "search"


def main() -> None:
    assert not hasattr(Flask, "before_first_request")
    print("Flask.before_first_request:", getattr(Flask, "before_first_request", "gone"))

    counted: list[str] = []
    for worker in ("worker 1", "worker 2"):  # a server with two processes has two apps
        app = OldFlask(worker)
        app.first.append(partial(counted.append, worker))
        for _ in range(3):
            app.test_client().get("/")
    print("then: three requests to each of two workers ran it in", counted)
    assert counted == ["worker 1", "worker 2"]  # once per process, so never use it to migrate a database

    # Too late: after the first request the app takes no more hooks.
    try:
        app.before_request(lambda: None)
    except AssertionError as error:
        print("a hook added after the first request:", str(error).split(".")[0])
    else:
        raise AssertionError("Flask took a hook too late")

    container = Container()
    print("now: the app is made, nothing is built yet")
    assert container.search is container.search


if __name__ == "__main__":
    main()
