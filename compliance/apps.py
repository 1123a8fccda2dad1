"""The paragraph, the measuring and the findings."""

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
        from compliance.listening import rejudge_what_was_touched

        listen(rejudge_what_was_touched)
