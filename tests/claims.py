"""Claims that many tests make in the same words."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model


def constraint_holds(record: Model, sentence: str, **broken: Any) -> None:
    """With these values the record says the sentence when it is validated, and the database itself refuses it."""
    for name, value in broken.items():
        setattr(record, name, value)
    with pytest.raises(ValidationError) as refused:
        record.validate_constraints()
    assert refused.value.messages == [sentence]
    with pytest.raises(IntegrityError), transaction.atomic():
        record.save()
