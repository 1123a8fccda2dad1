"""What an action of this app says when it will not be done: as those of guards say it, in a layer below."""

from guards.refusals import Refused, day_words

__all__ = ["Refused", "day_words"]
