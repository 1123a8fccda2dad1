"""What an action of this app says when it will not be done: as those of guards say it, in a layer below."""

from guards.refusals import Refused

__all__ = ["Refused"]


def day_words(day: date) -> str:
    """A day within a sentence: in figures, as a written month would end in a full stop in Russian and Kazakh."""
    return date_format(day, "SHORT_DATE_FORMAT")
