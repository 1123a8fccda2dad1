"""The database's own refusal to change or delete what was enacted, on both engines: a correction is a new version."""

from typing import Any

TABLE = "compliance_clauseversion"
SENTENCE = "A version that was enacted is never changed or deleted: a correction is a new version."
# All that a version says. Beside it only `revoked_at` is written once, before the day has come.
SAID = (
    "clause_id, draft_id, published_from_id, effective_from, rule, parameters, mark, link, "
    "citation_kk, citation_ru, citation_en, text_kk, text_ru, text_en"
)
# For each refusal its statement and when it holds; a draft's version is enacted as a copy, never by itself.
REFUSALS = {
    "update": (f"UPDATE OF {SAID}", "OLD.draft_id IS NULL OR NEW.draft_id IS NULL"),
    "unrevoke": ("UPDATE OF revoked_at", "OLD.revoked_at IS NOT NULL"),
    "delete": ("DELETE", "OLD.draft_id IS NULL"),
}

SQLITE = f"""
CREATE TRIGGER {TABLE}_no_{{name}} BEFORE {{statement}} ON {TABLE} FOR EACH ROW WHEN {{when}}
BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
"""
POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION compliance_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
POSTGRES = f"""
CREATE TRIGGER {TABLE}_no_{{name}} BEFORE {{statement}} ON {TABLE} FOR EACH ROW WHEN ({{when}})
EXECUTE FUNCTION compliance_refuse()
"""


def install(apps: Any, schema_editor: Any) -> None:
    """Refuse to change what an enacted version says, to take its revocation back, and to delete it."""
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        schema_editor.execute(POSTGRES_FUNCTION)
    for name, (statement, when) in REFUSALS.items():
        template = POSTGRES if postgres else SQLITE
        schema_editor.execute(template.format(name=name, statement=statement, when=when))


def remove(apps: Any, schema_editor: Any) -> None:
    """Take the refusals away, for a migration backwards only."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for name in REFUSALS:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_{name}" + (f" ON {TABLE}" if postgres else ""))
    if postgres:
        schema_editor.execute("DROP FUNCTION compliance_refuse()")
