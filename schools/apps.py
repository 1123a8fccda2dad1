"""Regions, calendars, schools and their posts."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def load_regions_after_migrate(sender: Any, using: str, apps: Any, **kwargs: Any) -> None:
    """Set-up data, as content types are: the twenty regions stand in every database that was migrated."""
    try:
        apps.get_model("schools", "Region")
    except LookupError:
        return  # migrated only in part: the table is not there yet
    from schools.regions import load_regions

    load_regions(using=using)


class SchoolsConfig(AppConfig):
    name = "schools"

    def ready(self) -> None:
        post_migrate.connect(load_regions_after_migrate, sender=self)
