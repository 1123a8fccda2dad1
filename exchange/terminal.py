"""How the commands of a package speak: in what language, and with a progress bar where someone watches."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation
from tqdm import tqdm

from exchange.rows import Progress


@contextmanager
def spoken() -> Iterator[None]:
    """In the language that LANGUAGE names, as for other commands of a system (`ru_RU:en`), else in English."""
    asked = os.environ.get("LANGUAGE", "")[:2]
    with translation.override(asked if asked in dict(settings.LANGUAGES) else "en"):
        yield


@contextmanager
def progress_bar(total: int, unit: str) -> Iterator[Progress]:
    """Counts up to a total, seen on a terminal only."""
    with tqdm(total=total, unit=unit, unit_scale=True, disable=not sys.stderr.isatty(), leave=False) as bar:
        yield bar.update
