"""The database's own refusal to change or delete what happened, on both engines."""

from typing import Any

TABLES = ("audit_event", "audit_mention")
SENTENCE = "An audit event is never changed or deleted."

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{sentence}'); END
"""
POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
POSTGRES = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
FOR EACH {each} EXECUTE FUNCTION audit_refuse()
"""


def install(apps: Any, schema_editor: Any) -> None:
    """Refuse UPDATE and DELETE, and TRUNCATE where the engine knows it."""
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        schema_editor.execute(POSTGRES_FUNCTION)
    for table in TABLES:
        for verb in ("update", "delete", "truncate") if postgres else ("update", "delete"):
            template = POSTGRES if postgres else SQLITE
            schema_editor.execute(
                template.format(
                    table=table,
                    verb=verb,
                    VERB=verb.upper(),
                    sentence=SENTENCE,
                    each="STATEMENT" if verb == "truncate" else "ROW",
                )
            )


def remove(apps: Any, schema_editor: Any) -> None:
    """Take the refusals away, for a migration backwards only."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for verb in ("update", "delete", "truncate") if postgres else ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}" + (f" ON {table}" if postgres else ""))
    if postgres:
        schema_editor.execute("DROP FUNCTION audit_refuse()")
