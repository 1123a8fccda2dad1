"""What is exported and loaded into an empty register gives the same figures and findings there, byte for byte."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from accounts.models import Membership
from compliance.models import Evaluation
from exchange.demo.scales import SCALES
from exchange.demo.seeding import seed
from exchange.tables import TABLES
from guards.models import Assignment, Attendee, Session
from staffing.models import SignedReason

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)


@pytest.fixture
def country():
    """The small demonstration country, as it stands on a day."""
    with time_machine.travel(f"{TODAY}T06:00:00Z", tick=False):
        seed(SCALES["small"], seed_number=1, today=TODAY)
        yield


def exported(path: Path) -> dict[str, bytes]:
    call_command("export_register", path, stdout=StringIO())
    return {file.name: file.read_bytes() for file in path.iterdir()}


def judged() -> str:
    """What `evaluate --json` writes, leaving nothing behind."""
    out = StringIO()
    with transaction.atomic():
        call_command("evaluate", "--as-of", str(TODAY), "--json", "-", stdout=out, stderr=StringIO())
        assert Evaluation.objects.exists()
        transaction.set_rollback(True)
    return out.getvalue()


def emptied() -> None:
    """Take out all that a package brings, and what hangs on it alone, in the order that foreign keys allow."""
    Membership.objects.all().delete()
    for model in (SignedReason, Attendee, *reversed(TABLES), Session):
        model._default_manager.all()._raw_delete(model._default_manager.db)


def test_a_country_is_the_same_after_the_way_through_a_package(country, tmp_path):
    before, package = judged(), exported(tmp_path / "one")
    assert '"rule": "turnover_limit"' in before
    emptied()
    assert not Assignment.objects.exists()
    call_command("load_register", tmp_path / "one", stdout=StringIO())
    assert judged() == before
    assert exported(tmp_path / "two") == package
