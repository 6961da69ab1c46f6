"""Alembic's entry: runs the migrations on the connection that `storage.database` opened."""

from alembic import context

from magicmemory.storage.tables import metadata

connection = context.config.attributes["connection"]
# `render_as_batch`: SQLite alters a table by copying it.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
