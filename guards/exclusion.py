"""PostgreSQL's own refusal of one guard on two posts on one day.

SQLite has no exclusion constraints: there the action and the loader check under the lock they write with.
"""

from typing import Any

from django.db import connection

NAME = "guards_assignment_one_post_a_day"
CREATE = f"""
ALTER TABLE guards_assignment ADD CONSTRAINT {NAME} EXCLUDE USING gist (
    guard_id WITH =, post_id WITH <>, daterange(first_day, last_day, '[]') WITH &&
) WHERE (status IN ('proposed', 'confirmed', 'ended')) DEFERRABLE INITIALLY IMMEDIATE
"""


def install(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        schema_editor.execute(CREATE)


def remove(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE guards_assignment DROP CONSTRAINT {NAME}")


def judge_at_the_end() -> None:
    """Within this transaction let assignments overlap for a while, as they may where many are changed one by one."""
    _set("DEFERRED")


def judge_now() -> None:
    """Refuse what overlaps in this transaction so far, and from here on at once."""
    _set("IMMEDIATE")


def _set(when: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS {NAME} {when}")
