"""The second of the two questions of access: which rows may this membership know of?"""

from typing import Any, Self

from django.db import models


class VisibleQuerySet(models.QuerySet[Any]):
    """The base of every queryset that a page reads: nobody sees anything until a subclass says who does."""

    def visible_to(self, membership: Any) -> Self:
        """The rows that this membership may know of; a row outside answers 404, as if it did not exist."""
        return self.none()
