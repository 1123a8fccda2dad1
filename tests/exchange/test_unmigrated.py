"""A command of the register says in a sentence that the tables are not made yet, and that it failed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from django.db import DatabaseError

from access.commands import on_migrated_tables
from tools import ROOT

COMMANDS = (["load_register", "."], ["export_register", "package"], ["seed_demo"], ["evaluate"])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_on_a_database_without_tables_says_to_migrate(command: list[str], tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "LANGUAGE": "en",
    }
    arguments = [sys.executable, str(ROOT / "manage.py"), *command]
    done = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Run “manage.py migrate”" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
def test_what_fails_on_migrated_tables_fails_as_it_did() -> None:
    with pytest.raises(DatabaseError), on_migrated_tables():
        raise DatabaseError
    with pytest.raises(CommandError), on_migrated_tables():
        raise CommandError
