"""Prepare a site that is run for real (`make install`): files and tables, nothing invented.

Unlike `make run` it fills no database and starts no server; it can be repeated after every update.
"""

import os

from tools import ROOT, run


def main() -> None:
    """Build fonts, translations and static files, and bring the tables up to date."""
    os.chdir(ROOT)
    run.prepare_files()
    from django.core.management import call_command

    call_command("migrate", interactive=False)


if __name__ == "__main__":
    main()
