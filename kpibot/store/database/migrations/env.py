"""Runs migrations within the transaction of whoever opens the store; Alembic loads this file by its path."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()
