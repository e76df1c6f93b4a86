"""create_all and migrations: one makes tables that are missing, the other changes those there are."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, create_engine, inspect


def declare(*extra: Column[str]) -> MetaData:
    """Describe the tables as the models of one day would."""
    metadata = MetaData()
    Table("book", metadata, Column("id", Integer, primary_key=True), Column("title", String(200)), *extra)
    return metadata


def columns(connection: Connection) -> list[str]:
    return [column["name"] for column in inspect(connection).get_columns("book")]


def upgrade(operations: Operations) -> None:
    """Go forth: the first of a migration file's two functions."""
    operations.add_column("book", Column("subtitle", String(200), server_default=""))


def downgrade(operations: Operations) -> None:
    """Go back: the second."""
    operations.drop_column("book", "subtitle")


def main() -> None:
    with create_engine("sqlite://").connect() as connection:
        monday = declare()
        monday.create_all(connection)
        connection.exec_driver_sql("INSERT INTO book (title) VALUES ('三体')")
        print("Monday,  create_all:", columns(connection))

        tuesday = declare(Column("subtitle", String(200)))  # the model has grown
        tuesday.create_all(connection)
        print("Tuesday, create_all:", columns(connection), "- it saw a table `book` and went on")
        assert columns(connection) == ["id", "title"]

        # What `flask db migrate` and `flask db check` do: compare the models with the database.
        context = MigrationContext.configure(connection)
        missing = compare_metadata(context, tuesday)
        print("compare:            ", [(change[0], change[3].name) for change in missing])

        upgrade(Operations(context))
        print("upgrade:            ", columns(connection))
        assert columns(connection) == ["id", "title", "subtitle"]
        assert compare_metadata(context, tuesday) == []
        kept = connection.exec_driver_sql("SELECT title, subtitle FROM book").all()
        print("the row is still there:", kept)
        assert kept == [("三体", "")]

        downgrade(Operations(context))
        print("downgrade:          ", columns(connection))
        assert columns(connection) == ["id", "title"]


if __name__ == "__main__":
    main()
