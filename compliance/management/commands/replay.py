"""Judge a finding again: `manage.py replay FINDING`."""

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from compliance.models import Finding
from compliance.records import IDENTITY, SPELL
from compliance.replay import Difference, RecordDifference, Replay, recorded_since, replay
from schools.identifiers import masked

# Of a guard, a school or an agency more can have been recorded than anybody reads here.
AT_MOST = 25


class Command(BaseCommand):
    help = "Proves that a finding follows from its records, and says what the register says of that day now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "finding", metavar="FINDING", help="its number, such as 2026-0012, or its public identifier"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = replay(_finding(options["finding"]))
        finding, day = found.finding, found.finding.opened_on
        version = finding.version
        self.stdout.write(
            f"Finding {finding.number}: {version.clause.code} as it reads from {version.effective_from}, "
            f"judged for {day} by engine {finding.engine}."
        )
        self.stdout.write(
            "The record is as it was written."
            if found.untouched
            else "The record is NOT as it was written: clause, engine or evidence give another digest."
        )
        if found.readable:
            self._known_then(found)
            self._known_now(found)
        if not found.proved:
            raise CommandError(
                "The finding can no longer be proved: what its totals were counted from reads otherwise."
                if found.untouched and found.outdated
                else "The finding is not proved."
            )

    def _known_then(self, found: Replay) -> None:
        day = found.finding.opened_on
        if found.then or found.spells:
            self.stdout.write(f"As known on {day}: its records give OTHER figures:")
            self._list([*(found.then or ()), *map(_named, found.spells)])
        elif not found.breaks:
            self.stdout.write(f"As known on {day}: by what it states the clause is NOT breached.")
        elif found.then is not None:
            kept = ", ".join(
                f"{kind}: {len(found.finding.evidence[kind])}" for kind in found.finding.version.judging_rule.keeps
            )
            self.stdout.write(f"As known on {day}: the same figures follow from what it keeps ({kept}).")
        elif found.keeps_totals:
            again = "gives others" if found.outdated else "gives the same"
            self.stdout.write(f"It keeps its totals, not the records behind them: counted again the register {again}.")
        else:
            self.stdout.write(f"As known on {day}: the evidence is the records themselves.")

    def _known_now(self, found: Replay) -> None:
        if found.unchanged:
            self.stdout.write("As known now: the register says the same of that day.")
            return
        same = "the clause is breached on that day as it was" if found.still_found else "that breach is not found"
        self.stdout.write(f"As known now: {same}. What changed in the register since:")
        self._list(found.values or ())
        self._list([*map(_named, found.records), *found.calendars])
        if not found.told:
            self._recorded(found)

    def _recorded(self, found: Replay) -> None:
        events = list(recorded_since(found.finding)[:AT_MOST])
        for event in events:
            self.stdout.write(
                f"  {timezone.localtime(event.at):%Y-%m-%d %H:%M} {event.verb} {event.actor_name}".rstrip()
            )
        if not events:
            self.stdout.write(
                "  nothing that was recorded of its subject: it was loaded, or corrected past the actions"
            )

    def _list(self, differences: Iterable[Difference]) -> None:
        for one in differences:
            self.stdout.write(f"  {one.name}: {_shown(one.was)} → {_shown(one.now)}")


def _named(one: RecordDifference) -> Difference:
    """What became of a record, by what tells it from others of its kind; nobody's number in full."""
    named = " ".join(_value(name, one.record.get(name)) for name in IDENTITY.get(one.kind, SPELL) if name in one.record)
    if not one.name:
        return Difference(named, *("counted" if there else "" for there in (one.was, one.now)))
    return Difference(f"{named} {one.name}", *(_value(one.name, value) for value in (one.was, one.now)))


def _value(name: str, value: Any) -> str:
    return masked(str(value)) if name == "iin" and value else _shown(value)


def _shown(value: Any) -> str:
    return "–" if value in (None, "") else str(value)


def _finding(name: str) -> Finding:
    findings = Finding.objects.select_related("version__clause__paragraph")
    year, _, key = name.partition("-")
    try:
        wanted = {"pk": int(key), "opened_on__year": int(year)} if key.isdigit() else {"public_id": name}
        return findings.get(**wanted)
    except (Finding.DoesNotExist, ValidationError, ValueError):
        raise CommandError(f"There is no finding “{name}”; write its number, such as 2026-0012.") from None
