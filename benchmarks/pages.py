"""Server time of the pages against the least page that a signed-in person can open."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from access.roles import Role
from accounts.demo import PLAYERS
from accounts.models import Membership, User
from agencies.models import Agency
from benchmarks.timing import Line, Took, interleaved
from compliance.models import Finding
from guards.models import Assignment, Guard
from schools.models import School

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


def signed_in(email: str) -> Client:
    """The browser of somebody of the demonstration country."""
    if email not in {player.email for player in PLAYERS}:
        raise ValueError(f"{email} is nobody of the demonstration country.")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def opening(client: Client, name: str, *of: Any) -> Callable[[], object]:
    """What opens a page by the name of its address, and the record it is of."""
    address = reverse(name, args=of)

    def opened() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}.")

    return opened
