"""The form of the tables: made, or brought up to this version's."""

from pathlib import Path

from sqlalchemy import (
    Connection,
    func,
    inspect,
    select,
    text,
)

from bot.errors import StoreError
from bot.store.job_tables import make_tables
from bot.store.lines import PREPARING
from bot.store.tables import metadata

HEAD = "0011"


MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(connection: Connection) -> list[str]:
    """Make the tables, or bring them up to date; what was done, in sentences.

    Raises `StoreError` where a newer version has made them.
    """
    if connection.dialect.name != "postgresql":
        return _make_ours(connection)
    # Of many that start at once the first makes the tables, and the others find them made.
    connection.execute(select(func.pg_advisory_xact_lock(PREPARING)))
    done = _make_ours(connection)
    if make_tables(connection):
        done.append("The tables of procrastinate were made.")
    return done


def _make_ours(connection: Connection) -> list[str]:
    # Alembic is loaded only where there is something to do for it: it costs a fifth of a second
    # and ten megabytes.
    tables = set(inspect(connection).get_table_names())
    if tables.isdisjoint({*metadata.tables, "alembic_version"}):
        metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
        return [f"Teller's tables were made, in form {HEAD}."]
    current = None
    if "alembic_version" in tables:
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if current == HEAD:
        # A place that may only be read is found out now, and not at the first entry of the night.
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        return []
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise StoreError(
            f"The database was made by a newer version of Teller (its form is “{current}”, "
            f"this version knows “{HEAD}”). Install that version, or point DATABASE_URL at "
            "another database; nothing was changed."
        ) from None
    return [f"Teller's tables were brought from form {current} to {HEAD}."]
