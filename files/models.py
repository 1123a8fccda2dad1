"""Files that belong to a record: kept outside what the web server shows, handed out by a view that knows who asks."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import models, transaction
from django.utils import timezone

from access.models import Identified
from files.intake import Taken


def private_storage() -> Any:
    """Where private files lie (`STORAGES["private"]`): no address leads there."""
    return storages["private"]


def place_of(stored: "StoredFile", name: str) -> str:
    """A path that tells nothing of whose file it is, spread over folders."""
    key = stored.public_id.hex
    return f"{key[:2]}/{key}"


class StoredFileManager(models.Manager["StoredFile"]):
    def keep(self, taken: Taken, *, by: Any) -> "StoredFile":
        """Keep a file that `intake.take` has read; `by` is the membership of whoever sent it."""
        stored = StoredFile(
            name=taken.name,
            content_type=taken.content_type,
            size=len(taken.content),
            digest=taken.digest,
            sent_by=by.user.email if by else "",
        )
        stored.content.save(taken.name, ContentFile(taken.content), save=False)
        stored.save(force_insert=True)
        return stored


class StoredFile(Identified):
    """A private file. It has no owner of its own: whoever may see the record that names it may open it."""

    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.FileField(storage=private_storage, upload_to=place_of, max_length=80)
    sent_by = models.CharField(max_length=254, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)

    objects = StoredFileManager()

    def __str__(self) -> str:
        return self.name

    def discard(self) -> None:
        """Take the file away; what it holds goes once the transaction stands."""
        storage, place = self.content.storage, str(self.content.name)
        self.delete()
        transaction.on_commit(lambda: storage.delete(place))
