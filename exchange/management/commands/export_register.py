"""Write the register as a package: `manage.py export_register PATH`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from access.commands import on_migrated_tables, spoken
from exchange.export import Occupied, export, size
from exchange.terminal import progress_bar


class Command(BaseCommand):
    help = "Writes the whole register as a package that load_register can load: a folder, or a .zip by its name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="a new or empty folder, or a new file named .zip")

    def handle(self, *args: Any, **options: Any) -> None:
        with spoken(), on_migrated_tables():
            for file, number in self._export(options["path"]).items():
                self.stdout.write(f"{file}: {number}")
            self.stdout.write(_("Written to %(path)s.") % {"path": options["path"]})

    def _export(self, path: Path) -> dict[str, int]:
        try:
            with progress_bar(size(), "") as progress:
                return export(path, progress)
        except Occupied as fault:
            raise CommandError(str(fault)) from fault
        except OSError as fault:
            sentence = _("%(path)s cannot be written: %(reason)s.")
            raise CommandError(sentence % {"path": path, "reason": fault.strerror}) from fault
