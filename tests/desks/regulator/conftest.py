"""The fixtures of tests/desks/country.py."""

from tests.desks.country import country, today

__all__ = ["country", "today"]
