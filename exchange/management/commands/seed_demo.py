"""Make the demonstration country: `manage.py seed_demo [--scale small|region|national] [--seed N]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from access.commands import on_migrated_tables, spoken
from accounts.demo import SIGN_INS
from exchange.demo.ledger import Ledger
from exchange.demo.scales import SCALES
from exchange.demo.seeding import RegisterInUse, seed
from exchange.terminal import progress_bar
from guards.models import Assignment, Guard, TrainingRecord
from schools.models import School


class Command(BaseCommand):
    help = "Fills an empty register with the demonstration country: invented people, real regions and terms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", choices=list(SCALES), default="small", help="how large it is; small")
        parser.add_argument(
            "--seed", type=int, default=1, metavar="N", help="the same number on the same day gives the same rows; 1"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        scale = SCALES[options["scale"]]
        with spoken(), on_migrated_tables():
            try:
                with progress_bar(scale.rows, _("rows")) as progress:
                    ledger = seed(scale, seed_number=options["seed"], today=timezone.localdate(), told=progress)
            except RegisterInUse:
                raise CommandError(
                    _(
                        "The register is not empty. The demonstration country is made in an empty one only: name "
                        "another database in DATABASE_URL, run `manage.py migrate`, then this command again."
                    )
                ) from None
            if options["verbosity"]:
                self._tell(ledger)

    def _tell(self, ledger: Ledger) -> None:
        counted = {"schools": School, "guards": Guard, "assignments": Assignment, "training": TrainingRecord}
        counts = {name: ledger.counts[model] for name, model in counted.items()}
        self.stdout.write(
            _(
                "The demonstration country is made. Schools: %(schools)d, guards: %(guards)d, assignments: "
                "%(assignments)d, training records: %(training)d."
            )
            % counts
        )
        for line in SIGN_INS:
            self.stdout.write(f"  {line}")
        self.stdout.write(_("Now judge the day: manage.py evaluate"))
