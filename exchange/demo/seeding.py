"""Making the demonstration country: one transaction, one event in the audit trail."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from django.db import transaction

from accounts.demo import make_sign_ins
from agencies.models import Agency
from audit.recording import record
from exchange.demo import barys, ordinary, shymkent
from exchange.demo.country import Country
from exchange.demo.ledger import Ledger
from exchange.demo.reasons import sign_reasons
from exchange.demo.scales import Scale
from guards.models import Guard
from schools.models import School


class RegisterInUse(Exception):
    """The register holds rows: the demonstration country is made only where there is nothing."""


@transaction.atomic
def seed(scale: Scale, *, seed_number: int, today: date, told: Callable[[int], Any] = lambda rows: None) -> Ledger:
    """Fill an empty register. The same seed on the same day gives the same rows. Raises RegisterInUse."""
    if School.objects.exists() or Agency.objects.exists() or Guard.objects.exists():
        raise RegisterInUse
    chance = Random(f"{seed_number} {scale.name} {today}")
    ledger = Ledger(chance, told)
    country = Country(today, chance, ledger, history_years=scale.history_years, attendance_days=scale.attendance_days)
    country.training.found()
    north, south = scale.story_regions
    firm, school = barys.make(country, north)
    southern_firm, southern_school = shymkent.make(country, south)
    ordinary.make(country, scale)
    ledger.close()
    sign_reasons()
    make_sign_ins(
        agencies={"Барыс Күзет": firm.bin, "Алатау Секьюрити": southern_firm("Алатау Секьюрити").bin},
        schools={number: school(number).code for number in ("12", "3", "57")} | {"118": southern_school("118").code},
    )
    record(
        "demo_seeded",
        subjects=[],
        by=None,
        scale=scale.name,
        seed=seed_number,
        day=today.isoformat(),
        rows=sum(ledger.counts.values()),
    )
    return ledger
