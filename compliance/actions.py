"""Answering a finding: the agency explains, attaches what bears it out, and sets the day by which it will be mended."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access.roles import Role
from accounts.models import Membership
from audit.recording import record
from compliance.models import Answer, Finding
from files.intake import Taken
from files.models import StoredFile
from guards.refusals import Refused

MOST_FILES = 10


@transaction.atomic
def answer_finding(
    *, finding: Finding, text: str, remedy_by: date | None = None, attachments: Sequence[Taken] = (), by: Membership
) -> Answer:
    """The agency answers a finding that is open; the regulator reads it. The finding stays as it was judged.

    Only the finding is a subject of the event: an answer changes no figure, so nobody is judged again. Raises Refused.
    """
    # The same lock as that of whoever closes it.
    finding = Finding.objects.select_for_update(no_key=True).get(pk=finding.pk)
    if by.role != Role.AGENCY_MANAGER or by.agency_id != finding.agency_id:
        raise Refused(_("A finding is answered by the agency that it is about."))
    if not finding.is_open:
        raise Refused(_("This finding is closed: it needs no answer."))
    if not text.strip():
        raise Refused(_("Explain in words: the regulator reads them with the proof."), field="text")
    if remedy_by and remedy_by < timezone.localdate():
        raise Refused(
            _("%(day)s is past: the day of the remedy is today or later.") % {"day": date_format(remedy_by)},
            field="remedy_by",
        )
    if len(attachments) > MOST_FILES:
        raise Refused(_("Attach at most %(count)d files.") % {"count": MOST_FILES}, field="attachments")
    answer = Answer.objects.create(
        finding=finding, text=text.strip(), remedy_by=remedy_by, given_by=by.user.get_full_name()
    )
    answer.files.set([StoredFile.objects.keep(file, by=by) for file in attachments])
    record(
        "finding_answered",
        subjects=[finding],
        by=by,
        number=finding.number,
        remedy_by=remedy_by.isoformat() if remedy_by else "",
        files=len(attachments),
    )
    return answer
