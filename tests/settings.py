"""The site's settings, stricter: undefined template variables and N+1 queries fail; passwords are cheap to check.

A module of its own, because Django reads the settings before any conftest is asked.
"""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, MIDDLEWARE, STORAGES, TEMPLATES
from tests.strictness import UndefinedVariable
from tools import VAR, fonts, messages, stamps

# Built here, before Django reads a catalogue and keeps what it read.
with stamps.turn(VAR / "stamps" / "building"):
    fonts.prepare()
    messages.prepare()

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A task is done where it is enqueued.
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
STORAGES = {
    **STORAGES,
    "private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    # Static files are read where they lie, not where `make run` collects them.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable()  # type: ignore[index]
# Zeal watches each request, not the test around it: a test may well loop over rows.
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
