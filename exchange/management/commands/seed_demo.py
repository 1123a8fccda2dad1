"""Make the demonstration country: `manage.py seed_demo [--scale small|region|national] [--seed N]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.demo import SIGN_INS
from exchange.demo.scales import SCALES
from exchange.demo.seeding import RegisterInUse, seed
from guards.models import Assignment, Guard, TrainingRecord
from schools.models import School


class Command(BaseCommand):
    help = "Fills an empty register with the demonstration country: invented people, real regions and terms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", choices=list(SCALES), default="small", help="how large it is")
        parser.add_argument(
            "--seed", type=int, default=1, metavar="N", help="the same number on the same day gives the same rows"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        scale = SCALES[options["scale"]]
        try:
            # `disable=None`: no bar where the output is not a terminal.
            with tqdm(total=scale.rows, unit=" rows", unit_scale=True, disable=None) as bar:
                ledger = seed(scale, seed_number=options["seed"], today=timezone.localdate(), told=bar.update)
        except RegisterInUse:
            raise CommandError(
                "The register is not empty. The demonstration country is made only in a new database: name another "
                "one in DATABASE_URL, run `manage.py migrate`, then this command again."
            ) from None
        counts = ", ".join(
            f"{ledger.counts[model]:,} {model._meta.verbose_name_plural}"
            for model in (School, Guard, Assignment, TrainingRecord)
        )
        self.stdout.write(f"Made the demonstration country: {counts}.")
        for line in SIGN_INS:
            self.stdout.write(f"  {line}")
        self.stdout.write("Now judge it: manage.py evaluate")
