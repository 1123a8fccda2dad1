"""Letters about papers that run out: to the managers of the agency, once for each window of each paper."""

import logging
from collections import defaultdict
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from access.roles import Role
from accounts.models import Membership
from agencies.models import Agency
from guards.models import Credential, Employment, Reminder

logger = logging.getLogger(__name__)
#: How many days before the end of a paper somebody is reminded of it, the earliest first.
WINDOWS = (60, 30, 7)
# Nobody's language is stored: every letter says the same in both languages of the state.
LANGUAGES = ("kk", "ru")


def send_due_reminders(today: date) -> int:
    """Write to every agency of whose papers one has entered a window since the last letter; how many were written to.

    A paper that a longer-lasting one of its kind replaced is not spoken of. Of windows that passed unnoticed, because
    the paper was entered late, only the narrowest is: one letter says how long is left. What cannot be sent to one
    agency is sent again next time, and keeps no other agency from its letter.
    """
    return sum(_remind(agency, papers, today) for agency, papers in _due(today).items())


def window_of(valid_until: date, today: date) -> int | None:
    """The narrowest window in which a paper stands; None while it is far from its end, or past it."""
    left = (valid_until - today).days
    return min((window for window in WINDOWS if 0 <= left <= window), default=None)


def about(agency: Agency, paper: Credential, today: date) -> str:
    """What a reminder is of: a paper that was corrected to end on another day is spoken of anew."""
    window = window_of(paper.valid_until, today) if paper.valid_until else None
    return f"paper {paper.public_id} until {paper.valid_until} window {window} to {agency.bin}"


def _due(today: date) -> dict[Agency, list[Credential]]:
    """The papers that stand in a window, by the agency that employs their guard, the first to end first."""
    ending = Credential.objects.current().filter(valid_until__range=(today, today + timedelta(days=max(WINDOWS))))
    papers = {one.pk: one for one in ending.select_related("guard").order_by("valid_until", "guard__family_name", "pk")}
    employed = Employment.objects.on(today).filter(guard__credentials__in=ending)
    pairs = employed.order_by("agency", "pk").values_list("agency", "guard")
    agencies = Agency.objects.in_bulk({agency for agency, _guard in pairs})
    guards_of: dict[int, set[int]] = defaultdict(set)
    for agency, guard in pairs:
        guards_of[agency].add(guard)
    return {
        agencies[agency]: [one for one in papers.values() if one.guard_id in guards]
        for agency, guards in guards_of.items()
    }


def _unspoken(agency: Agency, papers: list[Credential], today: date) -> dict[str, Credential]:
    """Those that the agency has not been reminded of in their window."""
    found = {about(agency, paper, today): paper for paper in papers}
    sent = Reminder.objects.filter(about__in=found).values_list("about", flat=True)
    return {name: found[name] for name in found.keys() - set(sent)}


def _remind(agency: Agency, papers: list[Credential], today: date) -> bool:
    unspoken = _unspoken(agency, papers, today)
    managers = Membership.objects.in_use().filter(role=Role.AGENCY_MANAGER, agency=agency, user__is_active=True)
    addresses = sorted({one.user.email for one in managers})
    if not (unspoken and addresses):
        return False
    try:
        # What cannot be sent is not noted; what is noted is not sent again.
        with transaction.atomic():
            Reminder.objects.bulk_create(Reminder(about=name) for name in unspoken)
            _send(agency, addresses, [paper for paper in papers if paper in unspoken.values()], today)
    except IntegrityError:
        # Somebody else runs at the same moment, and has written the letter.
        return False
    except OSError:
        logger.exception("The reminder to %s could not be sent", agency.bin)
        return False
    return True


def _send(agency: Agency, addresses: list[str], papers: list[Credential], today: date) -> None:
    subjects, parts = [], []
    for language in LANGUAGES:
        with translation.override(language):
            subjects.append(
                ngettext("Qorgan: %(count)d paper runs out", "Qorgan: %(count)d papers run out", len(papers))
                % {"count": len(papers)}
            )
            lines = [(paper, (paper.valid_until - today).days) for paper in papers if paper.valid_until]
            parts.append(render_to_string("guards/reminder.txt", {"agency": agency, "lines": lines}).strip())
    send_mail(" / ".join(subjects), "\n\n* * *\n\n".join(parts) + "\n", settings.DEFAULT_FROM_EMAIL, addresses)
