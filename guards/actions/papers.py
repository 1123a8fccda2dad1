"""A guard's papers: claimed by his agency, verified or found wrong by the regulator."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from files.intake import Taken
from files.models import StoredFile
from guards.actions.recorded import record_about
from guards.models import Assignment, Credential, Guard
from guards.refusals import Refused, day_words

FIELDS = ("kind", "number", "issued_by", "issued_on", "valid_until")


@transaction.atomic
def add_paper(
    *,
    guard: Guard,
    kind: str,
    number: str,
    issued_by: str = "",
    issued_on: date | None = None,
    valid_until: date | None = None,
    scan: Taken | None = None,
    by: Membership,
) -> Credential:
    """The agency claims a paper of its guard; one of the same kind that lasts longer takes the place of the one before.

    Raises Refused.
    """
    Guard.objects.select_for_update().get(pk=guard.pk)
    paper = Credential(
        guard=guard, kind=kind, number=number, issued_by=issued_by, issued_on=issued_on, valid_until=valid_until
    )
    _check(paper)
    if scan:
        paper.scan = StoredFile.objects.keep(scan, by=by)
    paper.save(force_insert=True)
    _record("paper_added", paper, by, scan=scan.digest if scan else "")
    return paper


@transaction.atomic
def correct_paper(
    *,
    paper: Credential,
    kind: str,
    number: str,
    issued_by: str = "",
    issued_on: date | None = None,
    valid_until: date | None = None,
    scan: Taken | None = None,
    by: Membership,
) -> Credential:
    """Write a paper as it really is, with a new scan where one is given; it waits for the regulator again.

    Raises Refused for a verified one: it is replaced by another paper, never rewritten.
    """
    paper = _locked(paper)
    _check_not_verified(paper)
    before = {name: str(getattr(paper, name) or "") for name in FIELDS}
    paper.kind, paper.number, paper.issued_by = kind, number, issued_by
    paper.issued_on, paper.valid_until = issued_on, valid_until
    _check(paper)
    replaced = paper.scan if scan else None
    if scan:
        paper.scan = StoredFile.objects.keep(scan, by=by)
    paper.doubt, paper.doubted_on, paper.doubted_by = "", None, ""
    paper.save()
    if replaced:
        replaced.discard()
    _record("paper_corrected", paper, by, before=before, scan=scan.digest if scan else "")
    return paper


@transaction.atomic
def delete_paper(*, paper: Credential, by: Membership) -> None:
    """Take away a paper that was entered by mistake, with its scan.

    Raises Refused for a verified one, and while a director has agreed to the guard for days on which it was in force.
    """
    paper = _locked(paper)
    _check_not_verified(paper)
    if relied_on := who_relies_on(paper):
        raise Refused(
            _(
                "%(school)s agreed to this guard while the paper was in force. Correct what is wrong with it instead "
                "of deleting it."
            )
            % {"school": relied_on.post.school.name}
        )
    scan = paper.scan
    paper.delete()
    if scan:
        scan.discard()
    _record("paper_deleted", paper, by)


@transaction.atomic
def verify_paper(*, paper: Credential, by: Membership) -> Credential:
    """The regulator has compared the paper with its source. Raises Refused."""
    paper = _locked(paper)
    if paper.verified_on:
        raise Refused(_("This paper was verified already, on %(day)s.") % {"day": day_words(paper.verified_on)})
    paper.verified_on, paper.verified_by = timezone.localdate(), by.user.get_full_name()
    paper.doubt, paper.doubted_on, paper.doubted_by = "", None, ""
    _save_answer(paper)
    _record("paper_verified", paper, by)
    return paper


@transaction.atomic
def doubt_paper(*, paper: Credential, words: str, by: Membership) -> Credential:
    """The regulator says what is wrong with the paper, verified before or not. Raises Refused."""
    paper = _locked(paper)
    if not words.strip():
        raise Refused(_("Say what is wrong, so that the agency can correct it."), field="words")
    paper.verified_on, paper.verified_by = None, ""
    paper.doubt, paper.doubted_on, paper.doubted_by = words.strip(), timezone.localdate(), by.user.get_full_name()
    _save_answer(paper)
    _record("paper_doubted", paper, by, reason=words.strip())
    return paper


def who_relies_on(paper: Credential) -> Assignment | None:
    """An assignment to which a director agreed, on a day when the paper was in force."""
    counted = Assignment.objects.counted().filter(guard=paper.guard_id)
    served = counted.overlapping(paper.issued_on or date.min, paper.valid_until)
    return served.select_related("post__school").order_by("first_day").first()


def _locked(paper: Credential) -> Credential:
    """The paper as it is now, with its guard locked: two people do not answer at once."""
    Guard.objects.select_for_update().get(pk=paper.guard_id)
    found = Credential.objects.select_related("guard", "scan").filter(pk=paper.pk).first()
    if found is None:
        raise Refused(_("This paper is not there any more."))
    return found


def _save_answer(paper: Credential) -> None:
    paper.save(update_fields=["verified_on", "verified_by", "doubt", "doubted_on", "doubted_by"])


def _check_not_verified(paper: Credential) -> None:
    if paper.is_verified:
        raise Refused(
            _("The authorised body has verified this paper: it is no longer changed. Add the new paper beside it.")
        )


def _check(paper: Credential) -> None:
    if paper.kind not in Credential.Kind.values:
        raise Refused(_("Choose the kind of paper from the list."), field="kind")
    if paper.issued_on and paper.issued_on > timezone.localdate():
        raise Refused(_("%(day)s has not come yet.") % {"day": day_words(paper.issued_on)}, field="issued_on")
    if paper.issued_on and paper.valid_until and paper.valid_until < paper.issued_on:
        raise Refused(_("A paper is valid until its day of issue or later."), field="valid_until")
    same = Credential.objects.filter(guard=paper.guard_id, kind=paper.kind, number=paper.number)
    if same.exclude(pk=paper.pk).exists():
        raise Refused(_("A paper of this kind with this number is entered already."), field="number")


def _record(verb: str, paper: Credential, by: Membership, **details: Any) -> None:
    record_about(paper.guard, verb, by, paper=paper.kind, number=paper.number, **details)
