"""People who sign in, and for whom they act."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
