"""What an import brought into the register, and taking exactly that out again."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.bulk import insert
from exchange.checks import parts
from exchange.models import Addition, Import
from exchange.rows import Progress, no_progress
from guards.models import Assignment, Credential, Employment, Guard, TrainingRecord

# Whatever names a record is taken out before it.
OF_A_GUARD: Sequence[Any] = (Assignment, TrainingRecord, Credential, Employment)
MODELS: Sequence[Any] = (*OF_A_GUARD, Guard)


def note(of: Import, model: Any, keys: Sequence[int]) -> None:
    """Remember records that were stored for an import, as they are in the database now."""
    names = ("of_id", "model", "key", "digest")
    for part in parts(keys):
        rows = [(of.pk, model._meta.label_lower, key, digest) for key, digest in _digests(model, part).items()]
        insert(Addition, names, rows)


def _digests(model: Any, keys: Sequence[int]) -> dict[int, int]:
    """A digest of everything that the database holds of each record."""
    fields = [field.attname for field in model._meta.concrete_fields]
    rows = model._default_manager.filter(pk__in=keys).order_by().values_list("pk", *fields)
    return {key: _digest(values) for key, *values in rows}


def _digest(values: Sequence[Any]) -> int:
    text = "\x1f".join(map(str, values)).encode("utf-8", "replace")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True)


def obstacles(of: Import, progress: Progress = no_progress) -> list[str]:
    """Why an import cannot be undone: what was changed since, and what refers to it; a sentence each."""
    return [sentence for model in MODELS for sentence in (*_changed(of, model, progress), *_referring(of, model))]


def guards_of(of: Import, *models: Any) -> QuerySet[Any, Any]:
    """The keys of the guards of whom an import brought in records of these models."""
    first, *others = (
        model._default_manager.filter(pk__in=_keys(of, model).order_by().values("key")).order_by().values("guard")
        for model in models
    )
    return first.union(*others)


def _keys(of: Import, model: Any) -> Any:
    return Addition.objects.filter(of=of, model=model._meta.label_lower).order_by("key")


def _changed(of: Import, model: Any, progress: Progress) -> Iterator[str]:
    number = 0
    for part in parts(list(_keys(of, model).values_list("key", "digest"))):
        now = _digests(model, [key for key, _digest in part])
        number += sum(1 for key, digest in part if now.get(key) != digest)
        progress(len(part))
    if number:
        said = ngettext(
            "%(kind)s: %(number)d record was changed since.", "%(kind)s: %(number)d records were changed since.", number
        )
        yield said % {"kind": _name(model), "number": number}


def _referring(of: Import, model: Any) -> Iterator[str]:
    """Records of any kind that name one of the import's and are not the import's themselves."""
    keys = list(_keys(of, model).values_list("key", flat=True))
    for relation in model._meta.related_objects if keys else ():
        other, name = relation.related_model, relation.field.name
        number = sum(_foreign(of, other, name, part) for part in parts(keys))
        if number:
            said = ngettext(
                "%(kind)s: %(number)d record refers to what was brought in.",
                "%(kind)s: %(number)d records refer to what was brought in.",
                number,
            )
            yield said % {"kind": _name(other), "number": number}


def _foreign(of: Import, other: Any, name: str, keys: Sequence[int]) -> int:
    found = other._default_manager.filter(**{f"{name}__in": keys})
    if other in MODELS:
        found = found.exclude(pk__in=_keys(of, other).order_by().values("key"))
    return int(found.order_by().count())


def _name(model: Any) -> str:
    names = {
        Assignment: _("Assignments"),
        TrainingRecord: _("Training"),
        Credential: _("Papers"),
        Employment: _("Employment"),
        Guard: _("Guards"),
        apps.get_model("guards", "Presence"): _("Days at the door"),
        apps.get_model("guards", "Attendee"): _("Training sessions"),
    }
    return names.get(model, _("Other records"))


def take_out(of: Import, progress: Progress = no_progress) -> int:
    """Remove what the import brought in; what refers to it was asked before. The number of records."""
    number = 0
    for model in MODELS:
        for part in parts(list(_keys(of, model).values_list("key", flat=True))):
            number += model._default_manager.filter(pk__in=part).delete()[0]
            progress(len(part))
    return number
