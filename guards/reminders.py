"""Letters about papers and training that run out: to the managers of the agency, once for each window of each."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from access.roles import Role
from accounts.models import Membership
from agencies.models import Agency
from guards.models import Assignment, Credential, Employment, Guard, Module, Reminder, Requirement, TrainingRecord

logger = logging.getLogger(__name__)
#: How many days before something runs out somebody is reminded of it, the earliest first.
WINDOWS = (60, 30, 7)
# Nobody's language is stored: every letter says the same in both languages of the state.
LANGUAGES = ("kk", "ru")
SHORTEST_MONTH, LONGEST_MONTH = 28, 31


@dataclass(frozen=True)
class Ending:
    """What a guard has until a day: a paper, or a training that a school asks of him."""

    guard: Guard
    until: date
    # How a reminder of it begins.
    key: str
    paper: Credential | None = None
    record: TrainingRecord | None = None


def send_due_reminders(today: date) -> int:
    """Write to every agency of whose papers or training something has entered a window; how many were written to.

    What a longer-lasting paper of its kind or a later training replaced is not spoken of. Of windows that passed
    unnoticed, because it was entered late, only the narrowest is: one letter says how long is left. What cannot be sent
    to one agency is sent again next time, and keeps no other agency from its letter.
    """
    return sum(_remind(agency, ending, today) for agency, ending in _due(today).items())


def window_of(until: date, today: date) -> int | None:
    """The narrowest window in which an end stands; None while it is far, or past."""
    left = (until - today).days
    return min((window for window in WINDOWS if 0 <= left <= window), default=None)


def about(agency: Agency, ending: Ending, today: date) -> str:
    """What a reminder is of: what was corrected to end on another day is spoken of anew."""
    return f"{ending.key} until {ending.until} window {window_of(ending.until, today)} to {agency.bin}"


def _due(today: date) -> dict[Agency, list[Ending]]:
    """What stands in a window, by the agency that answers for it, the first to end first."""
    horizon = today + timedelta(days=max(WINDOWS))
    found: dict[int, list[Ending]] = defaultdict(list)
    for agency, ending in (*_papers(today, horizon), *_training(today, horizon)):
        found[agency].append(ending)
    agencies = Agency.objects.in_bulk(found)
    for endings in found.values():
        endings.sort(key=lambda one: (one.until, one.guard.family_name, one.key))
    return {agencies[key]: found[key] for key in sorted(found)}


def _papers(today: date, horizon: date) -> Iterator[tuple[int, Ending]]:
    """Papers that run out, each with the agency that employs its guard."""
    ending = Credential.objects.current().filter(valid_until__range=(today, horizon))
    employed: dict[int, set[int]] = defaultdict(set)
    pairs = Employment.objects.on(today).filter(guard__credentials__in=ending)
    for agency, guard in pairs.values_list("agency", "guard"):
        employed[guard].add(agency)
    for paper in ending.select_related("guard"):
        for agency in employed[paper.guard_id]:
            assert paper.valid_until
            yield agency, Ending(paper.guard, paper.valid_until, f"paper {paper.public_id}", paper=paper)


def _training(today: date, horizon: date) -> Iterator[tuple[int, Ending]]:
    """Training that runs out where a school asks for it, each with the agency that placed the guard there."""
    asked = Requirement.objects.in_force(today)
    modules = Module.objects.filter(Exists(asked.filter(module=OuterRef("pk"))), valid_months__isnull=False)
    for module in modules.order_by("pk"):
        records = _last_of(module, today, horizon)
        placed = (
            Assignment.objects.holding()
            .overlapping(today, None)
            .filter(
                guard__in=[record.guard_id for record in records],
                post__school__in=asked.filter(module=module).values("school"),
            )
        )
        agencies: dict[tuple[int, int | None], set[int]] = defaultdict(set)
        for agency, guard, school in placed.values_list("agency", "guard", "post__school"):
            agencies[guard, school if module.is_for_a_school else None].add(agency)
        for record in records:
            here = agencies.get((record.guard_id, record.school_id if module.is_for_a_school else None), ())
            for agency in here:
                assert record.valid_until
                yield agency, Ending(record.guard, record.valid_until, f"training {record.pk}", record=record)


def _last_of(module: Module, today: date, horizon: date) -> Sequence[TrainingRecord]:
    """The records of a module that run out by a day and that no later one of the same guard and school replaced."""
    months = module.valid_months or 0
    later = TrainingRecord.objects.filter(
        guard=OuterRef("guard"), module=module, completed_on__gt=OuterRef("completed_on")
    )
    if module.is_for_a_school:
        later = later.filter(school=OuterRef("school"))
    # Days between which they were completed, a little wider: a month is not the same number of days everywhere.
    first = today - timedelta(days=LONGEST_MONTH * months)
    last = horizon - timedelta(days=SHORTEST_MONTH * months)
    found = module.records.filter(~Exists(later), completed_on__range=(first, min(last, today)))
    rows = found.select_related("guard", "module", "school")
    return [record for record in rows if record.valid_until and today <= record.valid_until <= horizon]


def _unspoken(agency: Agency, ending: Sequence[Ending], today: date) -> dict[str, Ending]:
    """What the agency has not been reminded of in its window, in the same order."""
    found = {about(agency, one, today): one for one in ending}
    sent = set(Reminder.objects.filter(about__in=found).values_list("about", flat=True))
    return {name: one for name, one in found.items() if name not in sent}


def _remind(agency: Agency, ending: Sequence[Ending], today: date) -> bool:
    unspoken = _unspoken(agency, ending, today)
    managers = Membership.objects.in_use().filter(role=Role.AGENCY_MANAGER, agency=agency, user__is_active=True)
    addresses = sorted({one.user.email for one in managers.select_related("user")})
    if not (unspoken and addresses):
        return False
    try:
        # What cannot be sent is not noted; what is noted is not sent again.
        with transaction.atomic():
            Reminder.objects.bulk_create(Reminder(about=name) for name in unspoken)
            _send(agency, addresses, list(unspoken.values()), today)
    except IntegrityError:
        # Somebody else runs at the same moment, and has written the letter.
        return False
    except OSError:
        logger.exception("The reminder to %s could not be sent", agency.bin)
        return False
    return True


def _send(agency: Agency, addresses: list[str], ending: Sequence[Ending], today: date) -> None:
    subjects, parts = [], []
    lines = [(one, (one.until - today).days) for one in ending]
    context = {
        "agency": agency,
        "papers": [line for line in lines if line[0].paper],
        "training": [line for line in lines if line[0].record],
    }
    for language in LANGUAGES:
        with translation.override(language):
            subjects.append(
                ngettext(
                    "Qorgan: %(count)d paper or training runs out",
                    "Qorgan: %(count)d papers and trainings run out",
                    len(ending),
                )
                % {"count": len(ending)}
            )
            parts.append(render_to_string("guards/reminder.txt", context).strip())
    send_mail(" / ".join(subjects), "\n\n* * *\n\n".join(parts) + "\n", settings.DEFAULT_FROM_EMAIL, addresses)
