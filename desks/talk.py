"""What the school and the agency say to each other, of a shift or a proposal, as both desks show it."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from access.roles import Role
from desks.components import Entry


def entries(notes: Iterable[Any]) -> list[Entry]:
    """The notes of both sides in their order, each with who wrote it and for whom."""
    sides = {Role.AGENCY_MANAGER: _("for the agency"), Role.SCHOOL_DIRECTOR: _("for the school")}
    return [
        Entry(timezone.localdate(note.at), "waiting", note.text, f"{note.author}, {sides[Role(note.role)]}")
        for note in notes
    ]
