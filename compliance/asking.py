"""Asking for a rehearsal: who may, and of what. What is done then stands in `rehearsals.py`."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.roles import Role
from accounts.models import Membership
from audit.recording import record
from compliance.models import Draft, Rehearsal
from compliance.predicates import RuleFault
from compliance.rehearsals import pairs
from compliance.tasks import rehearse
from compliance.turnover import ENGINE_VERSION
from guards.refusals import Refused
from schools.models import Region


@transaction.atomic
def ask_for_rehearsal(*, draft: Draft, region: Region | None = None, by: Membership) -> Rehearsal:
    """Have a region, or the country, judged by a draft beside the law in force; a worker does it.

    Where just that is under way already, it is that one. Only the draft is a subject of the event: nobody is judged.
    Raises Refused.
    """
    if by.role != Role.REGULATOR or (by.region_id and (region is None or region.pk != by.region_id)):
        raise Refused(_("An officer of a region rehearses for that region."))
    # The same lock as that of whoever changes it.
    draft = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    today = timezone.localdate()
    if not draft.versions.exists():
        raise Refused(_("The draft changes no clause yet: there is nothing to judge by."))
    try:
        pairs(draft, today)
    except RuleFault as fault:
        raise Refused(_("A clause of the draft cannot be judged: %(fault)s") % {"fault": fault}) from fault
    under_way = Rehearsal.objects.of(draft).under_way().filter(day=today, region=region).first()
    if under_way:
        return under_way
    rehearsal = Rehearsal.objects.create(
        draft=draft, region=region, day=today, digest=draft.digest, engine=ENGINE_VERSION, asked_by=by
    )
    record("draft_rehearsed", subjects=[draft], by=by, draft=draft.code, region=region.pk if region else "")
    rehearse.enqueue(str(rehearsal.public_id))
    return rehearsal
