"""Name mangling: what two leading underscores do, and the odd name in Werkzeug that they explain."""

from werkzeug.local import LocalProxy


class Account:
    def __init__(self) -> None:
        self._beans = 10  # one underscore: a request to others. Nobody is stopped
        self.__owner = "Ann"  # two: the compiler writes _Account__owner
        self.__spam__ = "eggs"  # two on both sides: left alone, those names are Python's own

    def owner(self) -> str:
        return self.__owner


class SavingsAccount(Account):
    def __init__(self) -> None:
        super().__init__()
        self.__owner = "Bao"  # _SavingsAccount__owner: no clash with the parent's. This is what it is for


class OwnProxy:
    """Set an attribute past its own __setattr__: there the name is text, and text is not mangled."""

    __slots__ = ("__find",)

    def __init__(self, find: object) -> None:
        object.__setattr__(self, "_OwnProxy__find", find)  # so mangle by hand

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} would be forwarded to the thing behind")

    def found(self) -> object:
        return self.__find  # type: ignore[attr-defined]  # the compiler mangles this one


def main() -> None:
    account = SavingsAccount()
    print(sorted(vars(account)))
    assert account.owner() == "Ann"
    assert account._beans == 10

    try:
        account.__owner  # noqa: B018 - outside a class nothing is mangled
    except AttributeError as error:
        print("from outside:", error)
    else:
        raise AssertionError("a mangled name was found by its plain spelling")
    print("but it is no lock:", vars(account)["_Account__owner"])

    assert OwnProxy("thing").found() == "thing"
    mangled = [name for name in vars(LocalProxy) if name.startswith("_LocalProxy__")]
    print("Werkzeug's LocalProxy has", mangled)
    assert mangled == ["_LocalProxy__wrapped"]


if __name__ == "__main__":
    main()
