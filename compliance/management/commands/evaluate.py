"""Judge a day: `manage.py evaluate [--as-of DATE] [--json FILE] [--draft CODE]`."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.commands import on_migrated_tables
from compliance.engine import Judgement, judge
from compliance.findings import evaluate
from compliance.models import Draft
from compliance.register import take_statistics
from compliance.statement import statement


class Command(BaseCommand):
    help = "Judges the day by every clause in force, opens and closes findings, and says what it found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of", type=_day, default=None, metavar="DATE", help="the day judged, YYYY-MM-DD; today"
        )
        parser.add_argument(
            "--json", metavar="FILE", help="write figures and findings as one JSON object; - for output"
        )
        parser.add_argument(
            "--draft", metavar="CODE", help="judge by a draft version of a paragraph; stores no finding"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["as_of"] or timezone.localdate()
        with on_migrated_tables():
            take_statistics()
            judgement = self._judge_draft(day, options["draft"]) if options["draft"] else self._evaluate(day)
        if options["json"]:
            self._write(json.dumps(statement(judgement), ensure_ascii=False, indent=1) + "\n", options["json"])

    def _judge_draft(self, day: date, code: str) -> Judgement:
        draft = Draft.objects.filter(code=code).first()
        if draft is None:
            known = ", ".join(Draft.objects.order_by("code").values_list("code", flat=True)) or "none"
            raise CommandError(f"There is no draft “{code}”. Drafts: {known}.")
        judgement = judge(day, draft=draft)
        self._say(f"{day}: {len(judgement.breaches)} breaches by the draft {code}; nothing was stored.")
        return judgement

    def _evaluate(self, day: date) -> Judgement:
        judgement, outcome = evaluate(day)
        if outcome is None:
            self._say(
                f"{day}: {len(judgement.breaches)} breaches; nothing was stored, because the day has not come yet or a "
                "later day was already judged."
            )
        else:
            self._say(f"{day}: {outcome.opened} findings opened, {outcome.kept} kept, {outcome.closed} closed.")
        return judgement

    def _say(self, sentence: str) -> None:
        self.stderr.write(sentence)

    def _write(self, text: str, target: str) -> None:
        if target == "-":
            self.stdout.write(text, ending="")
            return
        try:
            Path(target).write_text(text, encoding="utf-8")
        except OSError as fault:
            raise CommandError(f"{target} cannot be written: {fault.strerror}.") from fault


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a day; write YYYY-MM-DD") from None
