"""What every record that a page can name shares."""

import uuid

from django.db import models


class Identified(models.Model):
    """A record that stands in URLs by a random identifier, never by its place in the database."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
