"""The app that answers who may see what."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "access"
