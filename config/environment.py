"""Reading the environment: the only place where a setting's text becomes a value."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def text(name: str, default: str = "") -> str:
    """A setting as it is written; empty counts as not set."""
    return os.environ.get(name) or default


def flag(name: str, default: bool) -> bool:
    """A yes/no setting: 1, true, yes and on mean yes."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str) -> list[str]:
    """A comma-separated setting."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def database(url: str, base: Path) -> dict[str, Any]:
    """Django's DATABASES entry for `sqlite:///relative`, `sqlite:////absolute` or `postgres://user:pw@host:port/name`.

    Raises ValueError, with the forms that are understood, for any other URL.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        name = unquote(parts.path)[1:] or ":memory:"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name if name == ":memory:" else str(base / name),
            "OPTIONS": {
                # A writer takes its lock at BEGIN, so that check-then-write in an action cannot be interleaved.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path)[1:],
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or dict(parse_qsl(parts.query)).get("host", "")),
            "PORT": str(parts.port or dict(parse_qsl(parts.query)).get("port", "")),
            # Long enough that the plans a connection keeps are worth making.
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            # Kept plans are for any school or agency, and no query takes so long that compiling it pays: adr 0103.
            "OPTIONS": {"options": "-c plan_cache_mode=force_generic_plan -c jit=off -c random_page_cost=1.1"},
        }
    raise ValueError(f"DATABASE_URL is “{url}”; write sqlite:///path, sqlite:////path or postgres://user@host/name.")
