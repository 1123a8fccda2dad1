"""IIN and BIN with right control digits that belong to nobody; why they cannot is said in docs/adr/0016."""

from collections.abc import Iterator
from datetime import date, timedelta

from schools.identifiers import control_digit

# Nobody born so long ago lived to see the first IIN issued, so none of these numbers was.
FIRST_BIRTH = date(1850, 1, 1)
LAST_BIRTH = date(1875, 1, 1)
MAN, WOMAN = "1", "2"
# The year and month of registration, and the digits of a resident entity: 2060 has not come.
AGENCIES, SCHOOLS = "600140", "600240"


def bin_numbers(prefix: str) -> Iterator[str]:
    """All numbers with this prefix that have a control digit, in order."""
    for serial in range(100_000):
        eleven = f"{prefix}{serial:05d}"
        digit = control_digit(eleven)
        if digit is not None:
            yield f"{eleven}{digit}"


def iin_numbers() -> Iterator[tuple[str, str]]:
    """Pairs of numbers, a man's and a woman's: the births follow one another, and then the serials grow."""
    births = (LAST_BIRTH - FIRST_BIRTH).days
    for serial in range(10_000):
        for day in range(births):
            # A stride that shares no factor with the number of days, so that neighbours are not born in one month.
            born = FIRST_BIRTH + timedelta(days=day * 3571 % births)
            pair = [f"{born:%y%m%d}{sex}{serial:04d}" for sex in (MAN, WOMAN)]
            digits = [control_digit(eleven) for eleven in pair]
            if None not in digits:
                yield f"{pair[0]}{digits[0]}", f"{pair[1]}{digits[1]}"
