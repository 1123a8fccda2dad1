"""The paragraph, the measuring and the findings."""

from datetime import time
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def load_law_after_migrate(sender: Any, using: str, apps: Any, **kwargs: Any) -> None:
    """Set-up data, as content types are: the shipped law stands in every database that was migrated."""
    try:
        apps.get_model("compliance", "ClauseVersion")
    except LookupError:
        return  # migrated only in part: the table is not there yet
    from compliance.lawbook import load_law

    load_law(using=using)


class ComplianceConfig(AppConfig):
    name = "compliance"

    def ready(self) -> None:
        post_migrate.connect(load_law_after_migrate, sender=self)
        from audit.recording import listen
        from background.schedules import every_day, every_tick
        from compliance.listening import rejudge_what_was_touched
        from compliance.rehearsals import give_up_left_behind
        from compliance.tasks import evaluate_today, sweep

        listen(rejudge_what_was_touched)
        # After midnight for what time alone brings about; before midnight once more, as the check on the day's actions.
        every_day("evaluation of the day", time(0, 30), evaluate_today.enqueue)
        every_day("check on the actions of the day", time(23, 30), evaluate_today.enqueue)
        every_tick("marks left behind", sweep)
        every_tick("rehearsals left behind", give_up_left_behind)
