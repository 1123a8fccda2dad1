"""Load a register package: `manage.py load_register PATH [--dry-run]`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.commands import on_migrated_tables, spoken
from exchange.actions import Disturbed, Outcome, is_judged, load
from exchange.faults import Faults
from exchange.packages import NotAPackage, opened
from exchange.terminal import progress_bar


class Command(BaseCommand):
    help = (
        "Loads a register package, a folder or a .zip of CSV files: all of it, or nothing where anything is at fault."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="a folder or a .zip")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be created and changed; store nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with spoken(), on_migrated_tables():
            outcome = self._load(options["path"], options["dry_run"])
            if outcome.faults:
                self._refuse(outcome)
            self._tell(outcome, options["dry_run"])

    def _load(self, path: Path, dry_run: bool) -> Outcome:
        faults = Faults()
        try:
            with opened(path, faults) as package, progress_bar(sum(package.sizes.values()), "B") as progress:
                return load(package=package, faults=faults, dry_run=dry_run, progress=progress, by=None)
        except NotAPackage as fault:
            raise CommandError(str(fault)) from fault
        except Disturbed as fault:
            raise CommandError(
                _("The register was changed by someone else meanwhile. Nothing was loaded. Load the package again.")
            ) from fault

    def _refuse(self, outcome: Outcome) -> None:
        for fault in outcome.faults:
            self.stdout.write(str(fault))
        number = len(outcome.faults)
        sentence = ngettext("%(number)d fault. Nothing was loaded.", "%(number)d faults. Nothing was loaded.", number)
        raise CommandError(sentence % {"number": number})

    def _tell(self, outcome: Outcome, dry_run: bool) -> None:
        counts = _("%(file)s: %(created)d new, %(changed)d changed, %(unchanged)d unchanged")
        if dry_run:
            counts = _("%(file)s: %(created)d would be new, %(changed)d changed, %(unchanged)d unchanged")
        for file, tally in outcome.tallies.items():
            self.stdout.write(counts % {"file": file, **vars(tally)})
        self.stdout.write(self._closing_words(outcome, dry_run))

    def _closing_words(self, outcome: Outcome, dry_run: bool) -> str:
        if not outcome.changes:
            return _("The register holds all of this already. Nothing was changed.")
        if dry_run:
            return _("This was a dry run. Nothing was loaded.")
        if is_judged():
            return _("Loaded. A worker judges the day anew; until then figures and findings are those of before.")
        return _("Loaded. Figures and findings are those of before: run “manage.py evaluate” to judge the day anew.")
