"""Security agencies, their licences and their contracts with schools."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "agencies"
