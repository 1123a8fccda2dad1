"""A number for each of many identifiers, in arrays: it answers as a dict does, wherever the identifiers lie."""

import numpy as np
import pytest

from compliance.keys import Numbered

CLOSE = {7: 70, 3: 30, 5: 50}
FAR_APART = {5_000_000_000: 1, 2: 2, 9_000_000: 3}


@pytest.mark.parametrize("given", [CLOSE, FAR_APART, {}], ids=["close", "far apart", "none"])
def test_numbered_is_the_dict_in_order_of_its_keys(given: dict[int, int]):
    found = Numbered.of(given)
    assert found == given and len(found) == len(given)
    assert list(found) == sorted(given)
    assert list(found.values()) == [given[key] for key in sorted(given)]
    assert found.pairs().tolist() == [[key, given[key]] for key in sorted(given)]
    assert found.at(np.array([*given, *given], dtype=np.int64)).tolist() == [*given.values(), *given.values()]


@pytest.mark.parametrize("given", [CLOSE, FAR_APART, {}], ids=["close", "far apart", "none"])
def test_what_has_no_number_is_named_and_never_given_another_ones(given: dict[int, int]):
    found = Numbered.of(given)
    nobody = [-1, 0, 4, 8, 10_000_000_000]
    assert not any(key in found for key in nobody)
    with pytest.raises(ValueError, match=r"^Schools without a region: \[-1, 0, 4, 8, 10000000000\]\.$"):
        found.at(np.array([*nobody, *given]), "Schools without a region")


def test_numbered_of_numbered_is_itself():
    found = Numbered.of(CLOSE)
    assert Numbered.of(found) is found
