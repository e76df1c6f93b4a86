"""Flask-SQLAlchemy 2 -> 3: what of the course's lines still runs, and what has to be said differently."""

import warnings
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String
from sqlalchemy.exc import LegacyAPIWarning
from sqlalchemy.orm import Mapped, mapped_column

db: Any = SQLAlchemy()


class Book(db.Model):  # type: ignore[misc]
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))


def refused(line: str, **names: object) -> str:
    try:
        eval(line, {"db": db, "Book": Book, **names})
    except (TypeError, RuntimeError) as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0].split('. ')[0]}"
    raise AssertionError(f"{line} still runs")


def main() -> None:
    app = Flask("fisher")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"  # no default any more: left out, init_app fails
    db.init_app(app)

    for line in ("db.create_all(app=app)", "db.engine", "Book.query"):
        print(f"{line:24}{refused(line, app=app)}")

    with app.app_context():
        db.create_all()
        db.session.add(Book(title="三体"))
        db.session.commit()
        print(f"{'Book.query.paginate(1)':24}{refused('Book.query.paginate(1, 20)')}")
        assert Book.query.paginate(page=1, per_page=20).total == 1

        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            old_way = Book.query.get(1)
        print(f"{'Book.query.get(1)':24}runs, with a {said[0].category.__name__}")
        assert said[0].category is LegacyAPIWarning
        assert db.session.get(Book, 1) is old_way  # the way to say it now
        assert db.session.scalars(db.select(Book).filter_by(title="三体")).one() is old_way

        # Whose session is it? Then: the thread's. Now: the app context's - a second context has another one.
        outer = db.session()
        with app.app_context():
            print("a context within a context has the same session:", db.session() is outer)
            assert db.session() is not outer
        assert db.session() is outer
        engine = db.engine
    engine.dispose()


if __name__ == "__main__":
    main()
