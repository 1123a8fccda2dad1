"""What an action says when it will not be done."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.formats import date_format


class Refused(ValidationError):
    """An action is not possible; the message says why and what to do.

    `field` is the form field that it is about, None where it is about all of them.
    """

    def __init__(self, message: object, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.field = field

    def __str__(self) -> str:
        return str(self.messages[0])


def day_words(day: date) -> str:
    """A day within a sentence: in figures, as a written month would end in a full stop in Russian and Kazakh."""
    return date_format(day, "SHORT_DATE_FORMAT")
