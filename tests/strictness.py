"""An undefined template variable fails the test that meets it."""

import inspect
from pathlib import Path
from typing import Any

import pytest
from django.template.base import Node

from tools import ROOT, VENV


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
