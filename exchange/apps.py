"""The register package: taking everything in and out."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"
