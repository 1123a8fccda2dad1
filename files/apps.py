"""Private files: scans, photographs, evidence."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "files"
