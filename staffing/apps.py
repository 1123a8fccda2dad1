"""Putting people on posts under the law."""

from django.apps import AppConfig


class StaffingConfig(AppConfig):
    name = "staffing"
