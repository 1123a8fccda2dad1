"""How long a rehearsal takes: the country judged by a draft that changes four clauses, beside the law in force."""

import os
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from accounts.models import Membership
from benchmarks.timing import Line, Took, interleaved
from compliance.models import Clause, ClauseVersion, Draft, Rehearsal
from compliance.rehearsals import run
from compliance.turnover import ENGINE_VERSION

# What a draft asks for instead, by the number of the clause: stricter at every level, and more constancy.
STRICTER: Mapping[str, Mapping[str, Any]] = {
    "1": {"threshold_percent": 40.0},
    "2": {"threshold_percent": 40.0},
    "3": {"threshold_percent": 40.0},
    "7": {"floor": 0.9},
}
PARAGRAPH = "school-guards"


def rehearsal(day: date, rounds: int) -> Iterator[Line]:
    """Rehearse, marks written; nothing of it is kept, so a commit is not in the times."""
    with transaction.atomic():
        draft = _draft(day)
        by = Membership.objects.get(user__email="regulator@demo.qorgan.kz")
        asked = {"draft": draft, "day": day, "digest": draft.digest, "engine": ENGINE_VERSION, "asked_by": by}
        began = _server_processors()
        took = interleaved(rounds, {"rehearsal": lambda: run(Rehearsal.objects.create(**asked))})["rehearsal"]
        server = (_server_processors() - began) / rounds
        last = Rehearsal.objects.latest("pk")
        marks = sum(one["total"]["newly"] + one["total"]["gone"] for one in last.summary["clauses"])
        whole = Took(took.clock, took.processors + server)
        yield Line(f"rehearsal: {len(STRICTER)} clauses, the country, {marks:,} marks change", whole)
        transaction.set_rollback(True)


def _draft(day: date) -> Draft:
    clauses = Clause.objects.filter(paragraph__code=PARAGRAPH, number__in=STRICTER).select_related("paragraph")
    draft = Draft.objects.create(code="benchmark", paragraph=clauses[0].paragraph)
    for clause in clauses:
        now = clause.versions.enacted().filter(effective_from__lte=day).latest("effective_from")
        ClauseVersion.objects.create(
            clause=clause,
            draft=draft,
            effective_from=day + timedelta(days=30),
            rule=now.rule,
            parameters={**now.parameters, **STRICTER[clause.number]},
            mark=now.mark,
        )
    return draft


def _server_processors() -> float:
    """Seconds of a processor that PostgreSQL has taken for this connection, where it runs on this machine (Linux)."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    spent = stat.read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")
