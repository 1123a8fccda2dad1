"""The app that remembers who did what."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
