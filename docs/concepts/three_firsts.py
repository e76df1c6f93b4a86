"""Database First, Model First, Code First: which of the three comes first, and what is made from it."""

from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, create_engine, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


def columns(connection: Connection) -> dict[str, str]:
    return {column["name"]: str(column["type"]) for column in inspect(connection).get_columns("book")}


def database_first(connection: Connection) -> str:
    """The tables are there, made by somebody else's SQL; the program asks what they are like."""
    connection.exec_driver_sql("CREATE TABLE book (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(200) NOT NULL)")
    book = Table("book", MetaData(), autoload_with=connection)
    connection.execute(book.insert().values(title="三体"))
    return str(connection.execute(book.select()).mappings().one()["title"])


DRAWING = {"book": {"id": "key", "title": "text of 200"}}  # a diagram, as a tool would save it


def model_first(connection: Connection) -> str:
    """Neither is written by hand: a drawing is, and a generator makes the tables (and the classes) from it."""
    kinds: dict[str, tuple[Any, bool]] = {"key": (Integer, True), "text of 200": (String(200), False)}
    metadata = MetaData()
    for name, fields in DRAWING.items():
        made: list[Column[Any]] = [
            Column(field, kinds[kind][0], primary_key=kinds[kind][1], nullable=False) for field, kind in fields.items()
        ]
        Table(name, metadata, *made)
    metadata.create_all(connection)
    book = metadata.tables["book"]
    connection.execute(book.insert().values(title="三体"))
    return str(connection.execute(book.select()).mappings().one()["title"])


class Base(DeclarativeBase):
    """Collect the tables of its subclasses."""


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))


def code_first(connection: Connection) -> str:
    """The class is written by hand, with its rules; the table follows."""
    Base.metadata.create_all(connection)
    with Session(connection) as session:
        session.add(Book(title="三体"))
        return session.query(Book).one().title


def main() -> None:
    shapes = []
    for way in (database_first, model_first, code_first):
        with create_engine("sqlite://").connect() as connection:
            title = way(connection)
            shapes.append(columns(connection))
            print(f"{way.__name__:15}{title} {shapes[-1]}")
            assert title == "三体"
    assert shapes[0] == shapes[1] == shapes[2]  # the same table: the question is only what people edit


if __name__ == "__main__":
    main()
