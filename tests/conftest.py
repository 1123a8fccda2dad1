"""Stricter than production: warnings, foreign hosts, undefined template variables, N+1 queries and flushes fail.

Warnings become errors in pyproject.toml, `UnorderedObjectListWarning` (a page of an unordered list) among them; so does
the rule that only this machine is reached.
"""

import inspect
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.base import Node

from tools import ROOT, VAR, VENV, fonts, messages, stamps


class UndefinedVariable:
    """Django's `string_if_invalid`: an undefined variable fails where the template is ours, else is empty."""

    def __contains__(self, text: str) -> bool:
        return text == "%s"

    def __mod__(self, variable: Any) -> str:
        origin = _template_being_rendered()
        if origin.is_relative_to(ROOT) and not origin.is_relative_to(VENV):
            pytest.fail(f"{origin.relative_to(ROOT)} uses “{variable}”, which is not defined.", pytrace=False)
        return ""


def _template_being_rendered() -> Path:
    """The file of the template whose node is innermost on the stack."""
    frame = inspect.currentframe()
    while frame:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return Path(node.origin.name)
        frame = frame.f_back
    return Path("/")


def pytest_configure(config: pytest.Config) -> None:
    """Alter the settings before Django reads them; build once what the tests read."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        "private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable()
    # Zeal watches each request, not the test around it: a test may well loop over rows.
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "zeal"]
    settings.MIDDLEWARE = ["zeal.middleware.zeal_middleware", *settings.MIDDLEWARE]
    if not hasattr(config, "workerinput"):
        with stamps.turn(VAR / "stamps" / "building"):
            fonts.prepare()
            messages.prepare()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that would end in a flush: the audit trail refuses to be emptied."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        flushes = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if flushes or (marker and (marker.kwargs.get("transaction") or any(marker.args))):
            raise pytest.UsageError(f"{item.nodeid} flushes the database; see tests/browser for a real server.")
