"""LocalProxy: a name bound today to a thing looked up at each use, and the part partial plays."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from werkzeug.local import LocalProxy, LocalStack


class Request:
    def __init__(self, path: str, user: str) -> None:
        self.path, self.user = path, user


stack: LocalStack[Request] = LocalStack()


def lookup(name: str) -> str:
    """Read one attribute of whatever request lies on top right now."""
    if stack.top is None:
        raise RuntimeError("working outside of a request")
    return str(getattr(stack.top, name))


class OwnProxy:
    """The idea in two methods: keep the question, never the answer."""

    def __init__(self, find: Callable[[], object]) -> None:
        self.find = find

    def __getattr__(self, name: str) -> object:  # a whole proxy forwards ==, len(), str() … as well
        return getattr(self.find(), name)


# partial freezes the first argument: one function of one argument becomes several of none.
path: LocalProxy[str] = LocalProxy(partial(lookup, "path"))
user: LocalProxy[str] = LocalProxy(partial(lookup, "user"))
own_user = OwnProxy(partial(lookup, "user"))


def main() -> None:
    try:
        len(path)
    except RuntimeError as error:
        print("before any request:", error)
    else:
        raise AssertionError("the proxy found a request")

    for request in (Request("/book/search", "Ann"), Request("/my/gifts", "Bao")):
        stack.push(request)
        print(f"the same names now say: {path} {user}")
        assert str(path) == request.path
        assert user == request.user
        assert own_user.startswith == request.user.startswith

    # The proxy equals the thing and is not the thing. Another thread can tell: there the question has
    # no answer. So hand a thread the thing, not the proxy.
    thing = user._get_current_object()  # documented, underscore and all
    assert user == thing
    assert id(user) != id(thing)
    with ThreadPoolExecutor() as other:
        seen = [other.submit(repr, user).result(), other.submit(repr, thing).result()]
    print("in another thread, proxy and thing:", seen)
    assert seen == ["<LocalProxy unbound>", "'Bao'"]


if __name__ == "__main__":
    main()
