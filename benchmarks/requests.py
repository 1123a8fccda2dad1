"""Requests a second of a running site, against its own bare page: the server of `make run`, one process.

Over one connection that is kept alive, as a browser keeps it, and without anybody else on the site.
"""

import http.client
import os
import re
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.demo import PASSWORD
from accounts.models import User
from agencies.models import Agency
from benchmarks.pages import BARE, LISTS
from benchmarks.timing import Rate, Took, sweep
from schools.models import School
from tools import run

HOST = "127.0.0.1"
START_SECONDS = 60
# So many requests in a row, of each page in every round.
IN_A_ROW = 4
# The least that a page may answer of the requests that the bare page does.
SERIES, LIST = 0.6, 0.08
# Pages of stored months: whose they are.
MONTHS: dict[str, dict[str, type[Any] | None]] = {
    "regulator": {"regulator:months": None, "regulator:school_months": School, "regulator:agency_months": Agency},
    "manager": {"agency:school_months": School},
    "director": {"school:months": None},
}


def requests(rounds: int) -> Iterator[Rate]:
    """Each page of each person. Who signed in is as he was before; the server ends with this."""
    sweep()
    with _server() as server:
        for who in LISTS:
            yield from _requests_of(who, server, rounds)


def _requests_of(who: str, server: "Server", rounds: int) -> Iterator[Rate]:
    user = User.objects.get(email=f"{who}@demo.qorgan.kz")
    before = user.last_login
    with Visitor(server.port, user.email) as visitor:
        months = {name: _address(name, model, user) for name, model in MONTHS[who].items()}
        for kind, addresses, target in (
            ("stored months", months, SERIES),
            ("list", {name: reverse(name) for name in LISTS[who]}, LIST),
        ):
            bare, *found = _measured(server, visitor, [reverse(BARE), *addresses.values()], rounds)
            yield Rate(f"bare page beside each {kind}: {BARE}, {who}", bare)
            for name, took in zip(addresses, found, strict=True):
                yield Rate(f"{kind}: {name}", took, bare, target)
    User.objects.filter(pk=user.pk).update(last_login=before)


def _address(name: str, model: type[Any] | None, user: User) -> str:
    if model is None:
        return reverse(name)
    known = model.objects.visible_to(user.memberships.first()).filter(figures__measurable=True)
    return reverse(name, args=[known.order_by("pk").first().public_id])


def _measured(server: "Server", visitor: "Visitor", addresses: Sequence[str], rounds: int) -> list[Took]:
    """The medians of what one request of each address took; in every round each is asked some times, in turn."""
    for address in addresses:
        visitor.get(address)
    took: list[list[Took]] = [[] for _address in addresses]
    for _round in range(rounds):
        for address, times in zip(addresses, took, strict=True):
            began, worked = time.perf_counter(), server.processors()
            for _request in range(IN_A_ROW):
                visitor.get(address)
            seconds = time.perf_counter() - began, server.processors() - worked
            times.append(Took(*(each / IN_A_ROW for each in seconds)))
    return [Took(*map(statistics.median, zip(*times, strict=True))) for times in took]


class Visitor:
    """Somebody of the demonstration country, signed in over the network."""

    def __init__(self, port: int, email: str) -> None:
        self._connection = http.client.HTTPConnection(HOST, port)
        self._cookies: SimpleCookie = SimpleCookie()
        self._email = email

    def __enter__(self) -> "Visitor":
        self._send("account_login", login=self._email, password=PASSWORD)
        return self

    def __exit__(self, *_fault: object) -> None:
        self._send("account_logout")
        self._connection.close()

    def get(self, address: str) -> str:
        """The page, which is there."""
        status, page = self._ask("GET", address)
        if status != 200:
            raise SystemExit(f"{address} answers {status}.")
        return page

    def _send(self, name: str, **fields: str) -> None:
        """Fill in a form and send it."""
        address = reverse(name)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(address))
        body = urlencode({**fields, "csrfmiddlewaretoken": token[1] if token else ""})
        status, _page = self._ask("POST", address, body)
        if status != 302:
            raise SystemExit(f"{address} answers {status} to {self._email}.")

    def _ask(self, method: str, address: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{one.key}={one.value}" for one in self._cookies.values())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, address, body, headers)
        response = self._connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie", ()):
            self._cookies.load(cookie)
        return response.status, response.read().decode()


@dataclass(frozen=True)
class Server:
    """A running site: its port, and the process that started the one which answers."""

    port: int
    pid: int

    def processors(self) -> float:
        """Seconds of a processor that the process which answers has taken, all its threads together (Linux)."""
        spent = 0
        for worker in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            for thread in Path(f"/proc/{worker}/task").iterdir():
                spent += int((thread / "schedstat").read_text().split()[0])
        return spent / 1e9


@contextmanager
def _server() -> Iterator[Server]:
    """The site on a port that was free, ended by its own process."""
    run.prepare_files()
    with closing(socket.create_server((HOST, 0))) as probe:
        port: int = probe.getsockname()[1]
    server = subprocess.Popen(run.server_command(HOST, port), env={**os.environ, "DEBUG": "0"})
    try:
        _wait(port)
        yield Server(port, server.pid)
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    for _attempt in range(10 * START_SECONDS):
        with closing(socket.socket()) as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The site did not start.")
