"""What the form of a new guard says of an IIN while it is typed."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency
from desks.papers import Validity
from guards.actions.people import staff_refusal
from guards.models import Guard
from schools.identifiers import iin_of_a_person_fault

DIGITS = 12


def iin_answer(typed: str, agency: Agency, day: date) -> Validity | None:
    """Whether the number is one, and whether its owner can come on the staff on the day; None while nothing is typed.

    Of somebody whom another agency employs it says only that: neither who he is nor where.
    """
    iin = "".join(typed.split())
    if not iin:
        return None
    if iin.isascii() and iin.isdigit() and len(iin) < DIGITS:
        missing = DIGITS - len(iin)
        return Validity("waiting", ngettext("%(count)d digit is missing", "%(count)d digits are missing", missing)
                        % {"count": missing})  # fmt: skip
    if fault := iin_of_a_person_fault(iin, day):
        return Validity("established", fault)
    guard = Guard.objects.filter(iin=iin).first()
    if guard is None:
        return Validity("ok", _("The number is right. The register does not know this person yet."))
    if refusal := staff_refusal(guard, agency, day):
        return Validity("blocked", str(refusal))
    return Validity(
        "ok", _("The register knows this person: his papers and his service stay with him. His name must agree.")
    )
