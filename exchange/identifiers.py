"""Which identifiers are known: those that the register holds, and those of the package read so far."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from exchange.cells import FAULTY, quoted
from exchange.tables import FILES, KEYS
from schools.models import Region


class Identifiers:
    """The primary key of whatever an identifier names, model by model.

    What the package adds and has not been stored has a number of its own, below any that a database gives.
    """

    def __init__(self) -> None:
        self._known: dict[type[models.Model], dict[str, Any]] = {}
        self._given_up: set[type[models.Model]] = set()
        self._unstored = count(-10, -1)

    def of(self, model: type[models.Model]) -> dict[str, Any]:
        if model not in self._known:
            self._known[model] = dict(model._default_manager.order_by().values_list(KEYS[model], "pk"))
        return self._known[model]

    def named(self, model: type[models.Model], identifier: str) -> Any:
        """The primary key of what an identifier names; FAULTY where the row that should bring it is at fault itself.

        Raises ValueError, with a sentence, where nothing has this identifier.
        """
        known = self.of(model)
        if identifier in known:
            return known[identifier]
        if model in self._given_up:
            return FAULTY
        if model is Region:
            raise ValueError(
                _("“%(text)s” is not the code of a region. Codes: %(codes)s.")
                % {"text": quoted(identifier), "codes": ", ".join(sorted(known))}
            )
        raise ValueError(
            _("“%(text)s” is neither in %(file)s of this package nor in the register.")
            % {"text": quoted(identifier), "file": FILES[model]}
        )

    def add(self, model: type[models.Model], identifiers: Sequence[str], *, stored: bool) -> list[Any]:
        """Take identifiers as known from here on: those of rows now stored, or with a number of their own."""
        known = self.of(model)
        if stored and identifiers:
            found = model._default_manager.filter(**{f"{KEYS[model]}__in": identifiers}).order_by()
            known.update(found.values_list(KEYS[model], "pk"))
        return [known.setdefault(identifier, next(self._unstored)) for identifier in identifiers]

    def spoil(self, model: type[models.Model], identifiers: Iterable[str]) -> None:
        """These identifiers are at fault where they are given: no other file is blamed for naming them too."""
        self.of(model).update(dict.fromkeys(identifiers, FAULTY))

    def give_up(self, model: type[models.Model]) -> None:
        """The file of this model cannot be read: no other file is blamed for naming what it may hold."""
        self._given_up.add(model)
