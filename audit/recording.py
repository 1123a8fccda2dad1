"""The one way an event comes to be, and the seam at which others learn of it."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from audit.models import Event, Mention, subject_key

Listener = Callable[[Event, Sequence[Any]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Listener:
    """Have a function called, in the same transaction, with each event and the records it touched."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def record(verb: str, *, subjects: Sequence[Any], by: Any, **details: Any) -> Event:
    """Write an event in the transaction of the action that it ends; `by` is a membership, or None for the system.

    Raises TransactionManagementError outside a transaction: an action and its event stand or fall together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audit.record belongs inside the action's transaction")
    event = Event.objects.create(
        verb=verb,
        actor=by.user.email if by else "",
        actor_name=by.user.get_full_name() if by else "",
        role=by.role if by else "",
        organisation=by.organisation_key if by else "",
        details=details,
    )
    Mention.objects.bulk_create(Mention(event=event, key=subject_key(subject)) for subject in subjects)
    for listener in _listeners:
        listener(event, subjects)
    return event
