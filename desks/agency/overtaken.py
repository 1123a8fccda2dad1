"""What a manager typed about an assignment that somebody else changed meanwhile: said again, so that it can be used."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from guards.models import Assignment, Guard
from staffing.changed import changed


class Overtaken:
    """What became of the assignment, and what was typed about it."""

    def __init__(self, assignment: Assignment, membership: Any, form: forms.Form, sent: Mapping[str, Any]) -> None:
        self.assignment, self.membership, self.form, self.sent = assignment, membership, form, sent

    @property
    def changed(self) -> str:
        return changed(self.assignment)

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Each thing that was typed or chosen, under its label."""
        return [(label, text) for label, text in self._said() if text]

    def _said(self) -> Iterator[tuple[str, str]]:
        for field in self.form if self.form.is_bound else ():
            choices = dict(getattr(field.field, "choices", ()))
            value = str(field.value() or "")
            yield str(field.label), str(choices.get(value, value))
        if self.successor:
            yield _("Who follows"), str(self.successor.full_name)
        yield _("The cause in words"), self.sent.get("note", "").strip()
        for text in dict.fromkeys(self.sent[name].strip() for name in self.sent if name.startswith("reason_")):
            yield _("The reason that you wrote"), text

    @cached_property
    def successor(self) -> Guard | None:
        """Who was chosen to follow."""
        try:
            wanted = UUID(self.sent.get("guard", ""))
        except ValueError:
            return None
        found: Guard | None = Guard.objects.visible_to(self.membership).filter(public_id=wanted).first()
        return found

    @property
    def place_url(self) -> str:
        """Where he can be placed by himself, if there is still room."""
        post = self.assignment.post
        asked = {"post": post.public_id, "kind": self.assignment.kind, "guard": self.sent["guard"]}
        return f"{reverse('agency:place', args=[post.school.public_id])}?{urlencode(asked)}"
