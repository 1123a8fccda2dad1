"""The picture of before and after: what is added reaches beyond today, what goes ends at today."""

from desks.pictures.before_after import lay_out


def test_a_rise_is_added_to_what_is_now() -> None:
    drawn = lay_out(20, 41, 50)
    assert (drawn.stays, drawn.changes, drawn.falls, drawn.is_worse) == (20, 21, False, True)


def test_a_fall_is_taken_from_what_is_now() -> None:
    drawn = lay_out(41, 20, 50)
    assert (drawn.stays, drawn.changes, drawn.falls, drawn.is_worse) == (20, 21, True, False)


def test_nothing_changes_where_both_are_the_same() -> None:
    drawn = lay_out(41, 41, 50)
    assert (drawn.stays, drawn.changes, drawn.falls, drawn.is_worse) == (41, 0, False, False)


def test_the_track_holds_the_greatest_of_them() -> None:
    drawn = lay_out(230, 120, 50)
    assert drawn.scale.startswith("250")
    assert (drawn.stays, drawn.changes, drawn.limit) == (48, 44, 20)
