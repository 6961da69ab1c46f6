"""The schema's version, and the migrations that bring it up to date.

Alembic runs them. Most starts find the schema up to date and do without it, because importing it takes 0.2 seconds.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

MIGRATIONS: Final = Path(__file__).parent / "migrations"


class LaterSchema(Exception):
    """A later version of Magic Memory made the schema."""


def revisions() -> list[str]:
    """The migrations' numbers, as `alembic_version` holds the last one, from first to last."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("*.py"))


def migrate(connection: Connection) -> None:
    """Run the migrations that a database lacks, in the connection's transaction.

    Raises:
        LaterSchema: the database has a migration that this version does not know.
    """
    if inspect(connection).has_table("alembic_version"):
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if found == revisions()[-1]:
            return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if "locate revision" in str(error):
            raise LaterSchema from error
        raise
