"""How alembic runs here: on the connection it is handed, never from an ini file."""

from alembic import context

from newswire.store import translation_schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=translation_schema.translation.metadata,
    render_as_batch=True,
    compare_server_default=True,
    user_module_prefix="columns.",
)
with context.begin_transaction():
    context.run_migrations()
