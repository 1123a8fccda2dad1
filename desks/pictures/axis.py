"""Where the marks of an axis stand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tick:
    """A mark of an axis, in pixels along it, and its words."""

    at: float
    words: str
