"""Alembic's entry: migrations run on the engine they are handed."""

from alembic import context
from sqlalchemy import Engine

from bot.store.tables import metadata


def migrate(engine: Engine) -> None:
    """Run the migrations in one transaction."""
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()


migrate(context.config.attributes["engine"])
