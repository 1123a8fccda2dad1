"""Stricter than production: warnings, foreign hosts, undefined template variables, N+1 queries and flushes fail.

Warnings become errors in pyproject.toml, `UnorderedObjectListWarning` (a page of an unordered list) among them; so does
the rule that only this machine is reached. The rest is in tests/settings.py.
"""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that would end in a flush: the audit trail refuses to be emptied."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        flushes = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if flushes or (marker and (marker.kwargs.get("transaction") or any(marker.args))):
            raise pytest.UsageError(f"{item.nodeid} flushes the database; see tests/browser for a real server.")
