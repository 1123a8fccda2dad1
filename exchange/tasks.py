"""What is done with sheets in the background: each task once for each time that it was asked for."""

from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.models import Membership
from exchange import importing
from exchange.models import Import


@task()
def bring_in(public_id: str, work: str, membership: int) -> None:
    """Check, load or undo a sheet, in the language of whoever sent it; it is free again whatever happens.

    A task that is put back after it was done finds that nobody waits for it, and does nothing.
    """
    one = Import.objects.select_related("agency", "file", "sent_by__user", "sent_by__agency").get(public_id=public_id)
    if one.work != work:
        return
    by = Membership.objects.select_related("user", "agency").get(pk=membership)
    with translation.override(one.language):
        try:
            _do(one, work, by)
        except Exception:
            sentence = _("Something went wrong on our side, and nothing was stored. Try again.")
            Import.objects.filter(pk=one.pk).update(work="", trouble=sentence)
            raise


def _do(one: Import, work: str, by: Membership) -> None:
    if work == Import.Work.CHECK:
        importing.check(of=one)
    elif work == Import.Work.LOAD:
        importing.load_checked(of=one, by=by)
    else:
        importing.undo(of=one, by=by)


@transaction.atomic
def begin(*, of: Import, work: str, by: Any) -> None:
    """Have something done with an import. Raises Refused where something is being done already."""
    importing.start(of=of, work=work)
    bring_in.enqueue(str(of.public_id), work, by.pk)
