"""Guards: papers, training, assignments and presence."""

from django.apps import AppConfig


class GuardsConfig(AppConfig):
    name = "guards"
