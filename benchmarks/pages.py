"""Server time of the main lists against the least page that a signed-in person can open."""

from collections.abc import Callable, Iterator

from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.demo import PLAYERS
from accounts.models import User
from benchmarks.timing import Line, interleaved

BARE = "account_change_password"
# Who opens which list: sign-ins of the demonstration country.
LISTS = {
    "regulator": ("regulator:overview", "regulator:findings", "regulator:schools", "regulator:agencies"),
    "manager": ("agency:today", "agency:guards", "agency:schools", "agency:proposals", "agency:findings"),
    "director": ("school:door", "school:proposals", "school:history", "school:findings"),
}
# A list answers at least 0.08 of the requests that the bare page does.
TARGET = 1 / 0.08


def pages(rounds: int) -> Iterator[Line]:
    """Each list of each person, in one process and without the network between; sign-ins are taken back."""
    with transaction.atomic():
        sides: dict[str, Callable[[], object]] = {}
        for who, names in LISTS.items():
            client = signed_in(f"{who}@demo.qorgan.kz")
            sides[f"{who} {BARE}"] = opening(client, BARE)
            sides |= {f"{who} {name}": opening(client, name) for name in names}
        interleaved(1, sides)
        took = interleaved(rounds, sides)
        for who, names in LISTS.items():
            bare = took[f"{who} {BARE}"]
            yield Line(f"bare page: {BARE}, {who}", bare)
            for name in names:
                yield Line(f"page: {name}", took[f"{who} {name}"], bare.clock, TARGET)
        transaction.set_rollback(True)


def signed_in(email: str) -> Client:
    """The browser of somebody of the demonstration country."""
    if email not in {player.email for player in PLAYERS}:
        raise ValueError(f"{email} is nobody of the demonstration country.")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def opening(client: Client, name: str) -> Callable[[], object]:
    """What opens a page by the name of its address."""
    address = reverse(name)

    def opened() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}.")

    return opened
