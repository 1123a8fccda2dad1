"""The pages: one folder for each person who sits there."""

from importlib import import_module

from django.apps import AppConfig


class DesksConfig(AppConfig):
    name = "desks"

    def ready(self) -> None:
        for desk in ("agency", "school", "regulator"):
            import_module(f"desks.{desk}.navigation").register()
