"""What is done with sheets in the background; each task takes an import that `importing.start` marked for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.models import Membership
from exchange import importing
from exchange.models import Import


@task()
def check(public_id: str, membership: int) -> None:
    with _import(public_id) as one:
        importing.check(of=one)


@task()
def load(public_id: str, membership: int) -> None:
    with _import(public_id) as one:
        importing.load_checked(of=one, by=_by(membership))


@task()
def undo(public_id: str, membership: int) -> None:
    with _import(public_id) as one:
        importing.undo(of=one, by=_by(membership))


TASKS: dict[str, Any] = {Import.Work.CHECK: check, Import.Work.LOAD: load, Import.Work.UNDO: undo}


def begin(*, of: Import, work: str, by: Membership) -> None:
    """Have something done with an import. Raises Refused where something is being done already."""
    importing.start(of=of, work=work)
    TASKS[work].enqueue(str(of.public_id), by.pk)


@contextmanager
def _import(public_id: str) -> Iterator[Import]:
    """The import, in the language of whoever sent it; free again whatever happens."""
    one = Import.objects.select_related("agency", "file", "sent_by__user", "sent_by__agency").get(public_id=public_id)
    with translation.override(one.language):
        try:
            yield one
        except Exception:
            sentence = _("Something went wrong on our side, and nothing was stored. Try again.")
            Import.objects.filter(pk=one.pk).update(work="", trouble=sentence)
            raise


def _by(membership: int) -> Membership:
    return Membership.objects.select_related("user", "agency").get(pk=membership)
