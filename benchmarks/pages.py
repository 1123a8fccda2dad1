"""Server time of the pages against the least page that a signed-in person can open."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.roles import Role
from accounts.demo import PLAYERS
from accounts.models import Membership, User
from agencies.models import Agency
from benchmarks.timing import Line, Took, interleaved, sweep
from compliance.models import Finding
from guards.models import Assignment, Guard
from schools.models import School
from staffing.candidates import candidates

BARE = "account_change_password"
# Who opens which list: sign-ins of the demonstration country.
LISTS = {
    "regulator": (
        "regulator:overview",
        "regulator:findings",
        "regulator:schools",
        "regulator:agencies",
        "regulator:compare",
        "regulator:guards",
        "regulator:papers",
        "regulator:causes",
        "regulator:disagreements",
        "regulator:paragraph",
    ),
    "manager": (
        "agency:today",
        "agency:guards",
        "agency:schools",
        "agency:proposals",
        "agency:findings",
        "agency:training",
        "agency:training_requirements",
        "agency:sessions",
        "agency:training_log",
        "agency:attendance",
        "agency:disagreements",
        "agency:causes",
        "agency:imports",
    ),
    "director": (
        "school:door",
        "school:proposals",
        "school:history",
        "school:findings",
        "school:requirements",
        "school:disagreements",
    ),
}
# Pages of one record.
RECORDS: dict[str, dict[str, type[Any]]] = {
    "regulator": {
        "regulator:school": School,
        "regulator:agency": Agency,
        "regulator:guard": Guard,
        "regulator:finding": Finding,
    },
    "manager": {
        "agency:school": School,
        "agency:place": School,
        "agency:attendance_month": School,
        "agency:guard": Guard,
        "agency:replace": Assignment,
        "agency:end": Assignment,
        "agency:finding": Finding,
    },
    "director": {"school:finding": Finding},
}
# A list answers at least 0.08 of the requests that the bare page does.
TARGET = 1 / 0.08
# Seconds of server time that any page may take.
MOST = 0.1


def pages(rounds: int) -> Iterator[Line]:
    """Each page of each person, in one process and without the network between; sign-ins are taken back.

    The manager's are opened by that of the largest agency too.
    """
    sweep()
    with transaction.atomic():
        people = {who: User.objects.get(email=f"{who}@demo.qorgan.kz") for who in LISTS}
        yield from _pages_of(people, rounds)
        manager = Membership.objects.get(user=people["manager"], role=Role.AGENCY_MANAGER)
        manager.agency = Agency.objects.annotate(size=Count("assignments")).order_by("-size", "pk")[0]
        manager.save()
        yield from _pages_of({"manager": people["manager"]}, rounds, of=" of the largest agency")
        transaction.set_rollback(True)


def _pages_of(people: dict[str, User], rounds: int, of: str = "") -> Iterator[Line]:
    sides: dict[str, dict[str, Callable[[], object]]] = {}
    for who, user in people.items():
        client = signed_in(user.email)
        sides[who] = {name: opening(client, name) for name in (BARE, *LISTS[who])}
        for name, model in RECORDS[who].items():
            if record := _known(model, user.memberships.first()):
                sides[who][name] = opening(client, name, record.public_id)
        if who == "manager":
            sides[who] |= {
                f"{name}, filled in": opening(client, name, record.public_id, **asked)
                for name, record, asked in _filled_in(user.memberships.first())
            }
    named = {f"{who} {name}": opened for who, of_person in sides.items() for name, opened in of_person.items()}
    interleaved(1, named)
    took = interleaved(rounds, named)
    for who, of_person in sides.items():
        bare = took[f"{who} {BARE}"]
        yield Line(f"bare page: {BARE}, {who}{of}", bare)
        for name in of_person:
            if name != BARE:
                yield _line(f"{name}{of}", took[f"{who} {name}"], bare, name in LISTS[who])


def _line(name: str, took: Took, bare: Took, is_list: bool) -> Line:
    """A list is held against the bare page, any other page against the time that it may take."""
    return Line(f"list: {name}", took, bare.clock, TARGET) if is_list else Line(f"page: {name}", took, MOST, 1.0)


def _known(model: type[Any], membership: Membership) -> Any:
    """A record that the person knows: of assignments one that goes on."""
    known = model.objects.visible_to(membership)
    if model is Assignment:
        known = known.counted().filter(last_day__isnull=True)
    return known.order_by("pk").first()


def _filled_in(manager: Membership) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """The forms of the manager as they stand before the last step: candidates ranked, one chosen, the effect shown."""
    going_on = Assignment.objects.visible_to(manager).counted().filter(last_day__isnull=True, kind="regular")
    leaver, gone = (going_on.select_related("post__school").order_by("pk")[at] for at in (0, -1 + going_on.count()))
    today = timezone.localdate()
    leaves = {"reason": "resigned", "last_day": f"{today:%d.%m.%Y}"}
    yield "agency:end", leaver, leaves
    free = candidates(post=leaver.post, first_day=today + timedelta(days=1), agency=manager.agency, leaver=leaver)
    chosen = {"guard": str(free[0].guard.public_id)}
    yield "agency:replace", leaver, leaves | {"handover_days": "0"} | chosen
    # A place that somebody has left: taken back with everything else.
    Assignment.objects.filter(pk=gone.pk).update(status="ended", last_day=today, end_reason="resigned")
    where = {"post": str(gone.post.public_id), "first_day": f"{today + timedelta(days=1):%d.%m.%Y}", "kind": "regular"}
    yield "agency:place", gone.post.school, where | chosen


def signed_in(email: str) -> Client:
    """The browser of somebody of the demonstration country."""
    if email not in {player.email for player in PLAYERS}:
        raise ValueError(f"{email} is nobody of the demonstration country.")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def opening(client: Client, name: str, *of: Any, **asked: str) -> Callable[[], object]:
    """What opens a page by the name of its address, the record it is of, and what its form asks for."""
    address = reverse(name, args=of)

    def opened() -> None:
        answer = client.get(address, asked)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}.")

    return opened
