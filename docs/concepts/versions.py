"""``flask.__version__``: why the course's first check is on its way out, and what to ask instead."""

import warnings
from importlib.metadata import version

import flask


def main() -> None:
    # 3.1 answers once more, and warns: the name is made by a module-level __getattr__ only when somebody asks for it.
    assert "__version__" not in vars(flask)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        old_way = str(flask.__version__)  # type: ignore[attr-defined]
    print("flask.__version__ warns:", said[0].category.__name__)
    assert said[0].category is DeprecationWarning

    # What is installed is known to the packaging system: for every package, without importing it.
    new_way = version("flask")
    print("both ways say the same:", old_way == new_way)
    assert old_way == new_way
    companions = [name for name in ("werkzeug", "jinja2", "click", "itsdangerous", "blinker") if version(name)]
    print("asked in the same way:", companions)
    assert len(companions) == 5

    # Versions are compared as numbers, never as text.
    print("as text, '3.10' < '3.9':", "3.10" < "3.9")  # noqa: PLR0133 - the mistake is the point
    major, minor = (int(part) for part in new_way.split(".")[:2])
    assert (major, minor) >= (3, 1)
    assert (3, 10) > (3, 9)


if __name__ == "__main__":
    main()
