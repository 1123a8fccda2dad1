"""Faults planted in the engine, each a slip that a tired author could make. Every one must be caught.

A fault replaces a snippet, which must occur exactly once in the module, by another. `test_turnover_faults.py` runs the
suite on the faulty engine, and also sees to it that no comparison of the engine is without a fault of its own.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    name: str
    module: str
    old: str
    new: str


#: Comparisons that only choose between two ways to the same answer, and so cannot be wrong: the reason for each.
HARMLESS = {
    "span > TABLE_SPREAD * len(column)": "sorting or a table, whichever is quicker",
    "span <= TABLE_SPREAD * len(keys)": "searching or a table, whichever is quicker",
    "room * base < KEY_LIMIT": "at the very limit both ways fit",
    "len(keys) > FEW": "one by one or all at once, whichever is quicker",
    "len(column) < MANY": "the same numbers in eight bytes or in four",
}

FAULTS = [
    # keys
    Fault("the span of values is one short", "keys", "int(column.max()) - low + 1", "int(column.max()) - low"),
    Fault("wide keys overflow", "keys", "if room * base < KEY_LIMIT:", "if True:"),
    Fault(
        "the running maximum is none",
        "keys",
        "np.maximum.accumulate(group * step + (values - low))",
        "group * step + (values - low)",
    ),
    Fault(
        "the running maximum runs on into the next place",
        "keys",
        "np.maximum.accumulate(group * step + (values - low))",
        "np.maximum.accumulate(group * 0 + (values - low)) + group * step",
    ),
    Fault(
        "ranks by table are not offset", "keys", "return rank[position], values + low", "return rank[position], values"
    ),
    Fault(
        "who has no number has his neighbour's",
        "keys",
        "np.where(self._keys[found] == keys, found, ABSENT)",
        "found",
    ),
    Fault(
        "numbers in a table are one off",
        "keys",
        "np.clip(keys - self._low, 0, len(self._table) - 1)",
        "np.clip(keys - self._low + 1, 0, len(self._table) - 1)",
    ),
    # open days
    Fault(
        "weekdays are one off",
        "open_days",
        "(np.arange(low, high + 1) - 1) % 7 + 1",
        "np.arange(low, high + 1) % 7 + 1",
    ),
    Fault("a calendar of one day is refused", "open_days", "if high < low:", "if high <= low:"),
    Fault(
        "a school cannot be open every day",
        "open_days",
        'set(weekdays) <= set("1234567")',
        'set(weekdays) < set("1234567")',
    ),
    Fault("a closure reopens on its last day", "open_days", "max(until - low + 1, 0)", "max(until - low, 0)"),
    Fault(
        "a closure begins a day late",
        "open_days",
        "max(day_number(first_day) - low, 0)",
        "max(day_number(first_day) - low + 1, 0)",
    ),
    Fault(
        "a closure from before the calendar is taken from its end",
        "open_days",
        "max(day_number(first_day) - low, 0)",
        "day_number(first_day) - low",
    ),
    Fault(
        "the day itself is counted as after it",
        "open_days",
        "start = np.asarray(after, dtype=np.int64) + 1 - self.low_day",
        "start = np.asarray(after, dtype=np.int64) - self.low_day",
    ),
    Fault(
        "the day itself is counted as before it",
        "open_days",
        "stop = np.asarray(before, dtype=np.int64) - self.low_day",
        "stop = np.asarray(before, dtype=np.int64) + 1 - self.low_day",
    ),
    Fault("neighbouring days ask for the calendar", "open_days", "some = stop > start", "some = stop >= start"),
    Fault("days in the wrong order count below zero", "open_days", "some = stop > start", "some = stop != start"),
    Fault(
        "the first day of the calendars is not covered",
        "open_days",
        "if start.min(initial=0) < 0 or",
        "if start.min(initial=0) <= 0 or",
    ),
    Fault(
        "the last day of the calendars is not covered",
        "open_days",
        "stop.max(initial=0) > self.high_day - self.low_day + 1",
        "stop.max(initial=0) > self.high_day - self.low_day",
    ),
    Fault(
        "days past the calendars pass for covered",
        "open_days",
        "stop.max(initial=0) > self.high_day - self.low_day + 1",
        "stop.max(initial=0) >= self.high_day - self.low_day + 3",
    ),
    Fault("a search from the first day is refused", "open_days", "start.min() < 0 or", "start.min() <= 0 or"),
    Fault(
        "a search from the last day is refused",
        "open_days",
        "start.max() > self.high_day - self.low_day + 1",
        "start.max() >= self.high_day - self.low_day + 1",
    ),
    Fault(
        "the n-th open day is the next one",
        "open_days",
        "self.opened[calendar, start] + n - 1",
        "self.opened[calendar, start] + n",
    ),
    Fault(
        "the n-th open day may be the day itself",
        "open_days",
        "start = after + 1 - self.low_day",
        "start = after - self.low_day",
    ),
    Fault(
        "the open days of the next calendar follow",
        "open_days",
        "exists = wanted < self.offsets[calendar + 1]",
        "exists = wanted <= self.offsets[calendar + 1]",
    ),
    Fault("the n-th open day of no days is the first", "open_days", "if n == 0:", "if n < 0:"),
    # intervals
    Fault("a year has 366 days", "intervals", "DAYS_OF_YEAR = 365", "DAYS_OF_YEAR = 366"),
    Fault("a rate of nothing is infinite", "intervals", "where=days > 0", "where=days >= 0"),
    Fault("one tail has all the doubt", "intervals", "tail = (1 - confidence) / 2", "tail = 1 - confidence"),
    Fault(
        "the upper bound is of one fewer",
        "intervals",
        "gammaincinv(counts + 1, 1 - tail)",
        "gammaincinv(np.maximum(counts, 1), 1 - tail)",
    ),
    Fault(
        "the table of small counts ends too late",
        "intervals",
        "every.max(initial=0) < SMALL",
        "every.max(initial=0) <= SMALL",
    ),
    Fault("the lower bound of none is above zero", "intervals", "np.where(counts > 0,", "np.where(counts >= 0,"),
    Fault("the lower bound of one is zero", "intervals", "np.where(counts > 0,", "np.where(counts > 1,"),
    # rows
    Fault(
        "a day's assignment is refused",
        "spells",
        "if (self.last < self.first).any():",
        "if (self.last <= self.first).any():",
    ),
    Fault(
        "columns may differ in length",
        "spells",
        "for field in fields(self)}) != 1 or",
        "for field in fields(self)}) < 1 or",
    ),
    Fault(
        "only three make a tie",
        "spells",
        "ordered[1:][ordered[1:] == ordered[:-1]]",
        "ordered[2:][ordered[2:] == ordered[:-2]]",
    ),
    Fault(
        "every row is tied",
        "spells",
        "return regular[np.isin(packed, twice)] if len(twice) else regular[:0]",
        "return regular",
    ),
    # spells
    Fault(
        "a row of today does not exist",
        "spells",
        "chosen = np.flatnonzero(~rows.relief & (rows.first <= today))",
        "chosen = np.flatnonzero(~rows.relief & (rows.first < today))",
    ),
    Fault(
        "a row of tomorrow exists",
        "spells",
        "chosen = np.flatnonzero(~rows.relief & (rows.first <= today))",
        "chosen = np.flatnonzero(~rows.relief & (rows.first <= today + 1))",
    ),
    Fault(
        "relief makes spells",
        "spells",
        "chosen = np.flatnonzero(~rows.relief & (rows.first <= today))",
        "chosen = np.flatnonzero(rows.first <= today)",
    ),
    Fault(
        "an open row ends today",
        "spells",
        "np.minimum(rows.last[chosen], today + 1)",
        "np.minimum(rows.last[chosen], today)",
    ),
    Fault("rows that touch are parted", "spells", "(first[1:] > reached[:-1] + 1)", "(first[1:] >= reached[:-1] + 1)"),
    Fault(
        "a day between rows is a touch", "spells", "(first[1:] > reached[:-1] + 1)", "(first[1:] > reached[:-1] + 2)"
    ),
    Fault(
        "a gap of the limit is none",
        "spells",
        "begins[after_gap] = gap >= gap_open_days",
        "begins[after_gap] = gap > gap_open_days",
    ),
    Fault(
        "a gap of one under the limit parts",
        "spells",
        "begins[after_gap] = gap >= gap_open_days",
        "begins[after_gap] = gap >= gap_open_days - 1",
    ),
    Fault(
        "the gap begins on the last day",
        "spells",
        "calendars.open_days(calendar, reached[after_gap - 1], first[after_gap])",
        "calendars.open_days(calendar, reached[after_gap - 1] - 1, first[after_gap])",
    ),
    Fault(
        "the gap takes in the first day back",
        "spells",
        "calendars.open_days(calendar, reached[after_gap - 1], first[after_gap])",
        "calendars.open_days(calendar, reached[after_gap - 1], first[after_gap] + 1)",
    ),
    Fault(
        "the gap is measured from the row before, not the farthest",
        "spells",
        "reached = running_maximum(last, key)",
        "reached = last",
    ),
    Fault(
        "among equal ends the first row gives the reason",
        "spells",
        "np.maximum.reduceat(position, starts)",
        "np.minimum.reduceat(np.where(position < 0, len(position), position), starts)",
    ),
    Fault(
        "the row that began last gives the reason",
        "spells",
        "np.where(of_keys.last == np.repeat(end, lengths)",
        "np.where(of_keys.last <= np.repeat(end, lengths)",
    ),
    Fault(
        "identifiers are not looked at",
        "spells",
        "if (packed[1:] == packed[:-1]).any():",
        "if (packed[1:] < packed[:-1]).any():",
    ),
    Fault(
        "identifiers decide backwards",
        "spells",
        "np.lexsort((rows.ident[chosen], keys))",
        "np.lexsort((-rows.ident[chosen], keys))",
    ),
    Fault("who ends today is still there", "spells", "ended = end <= today", "ended = end < today"),
    Fault(
        "the day judged is not waited for",
        "spells",
        "calendars.open_days(calendar, end[ended], today + 1)",
        "calendars.open_days(calendar, end[ended], today)",
    ),
    Fault(
        "the last day is waited for",
        "spells",
        "calendars.open_days(calendar, end[ended], today + 1)",
        "calendars.open_days(calendar, end[ended] - 1, today + 1)",
    ),
    Fault(
        "a leave settles a day late",
        "spells",
        "settled=ended & (since >= gap_open_days)",
        "settled=ended & (since > gap_open_days)",
    ),
    Fault(
        "a spell that goes on is settled",
        "spells",
        "settled=ended & (since >= gap_open_days)",
        "settled=since >= gap_open_days",
    ),
    Fault(
        "a leave on the first day of the window is none",
        "spells",
        "return (self.last >= day) & ~self.open",
        "return (self.last > day) & ~self.open",
    ),
    Fault(
        "every reason is accepted",
        "spells",
        "return wanted[self.reason] & self.accepted",
        "return wanted[self.reason]",
    ),
    # what the guard did next
    Fault("to begin the next day is too late", "spells", "left_on + 1)", "left_on)"),
    Fault(
        "a row of today is not seen",
        "spells",
        "rows = rows.take(~rows.relief & (rows.first <= spells.as_of)",
        "rows = rows.take(~rows.relief & (rows.first < spells.as_of)",
    ),
    Fault(
        "relief elsewhere counts as moving",
        "spells",
        "rows = rows.take(~rows.relief & (rows.first <= spells.as_of)",
        "rows = rows.take((rows.first <= spells.as_of)",
    ),
    Fault(
        "only what outlives the latest leave is seen",
        "spells",
        "(rows.last > left_on.min())",
        "(rows.last > left_on.max())",
    ),
    Fault("one day more is not seen", "spells", "(rows.last > left_on.min())", "(rows.last > left_on.min() + 1)"),
    Fault(
        "to move on the last day possible is too late",
        "spells",
        "left_on) <= back_by] = MOVED",
        "left_on) < back_by] = MOVED",
    ),
    Fault(
        "to be kept on the last day possible is too late",
        "spells",
        "left_on) <= back_by] = KEPT",
        "left_on) < back_by] = KEPT",
    ),
    Fault("who never comes is back in time", "spells", "NEVER = OPEN + 1", "NEVER = 0"),
    Fault("a row that ends on the same day is the first to run on", "spells", 'side="right"', 'side="left"'),
    Fault(
        "the rows of the guard before are looked at",
        "spells",
        "np.searchsorted(begun, group_begin)",
        "np.maximum(np.searchsorted(begun, group_begin) - 1, 0)",
    ),
    Fault(
        "another guard's row counts",
        "spells",
        "(group[at] == group_begin // base)",
        "(group[at] >= group_begin // base)",
    ),
    Fault("a row that ends on the same day runs on", "spells", "(last[at] > after)", "(last[at] >= after)"),
    Fault(
        "moving comes before keeping",
        "spells",
        "left_on) <= back_by] = KEPT",
        "left_on) <= np.where(kind == MOVED, 0, back_by)] = KEPT",
    ),
    # terms and limits
    Fault("a window of one day is refused", "turnover", "if self.window_days < 1:", "if self.window_days <= 1:"),
    Fault("a window of no days is taken", "turnover", "if self.window_days < 1:", "if self.window_days < 0:"),
    Fault("a gap of none is refused", "turnover", "if self.gap_open_days < 0 or", "if self.gap_open_days <= 0 or"),
    Fault("seasoned at once is refused", "turnover", "or self.seasoned_days < 0:", "or self.seasoned_days <= 0:"),
    Fault("no confidence is taken", "turnover", "if not 0 < self.confidence < 1:", "if not 0 <= self.confidence < 1:"),
    Fault("certainty is taken", "turnover", "if not 0 < self.confidence < 1:", "if not 0 < self.confidence <= 1:"),
    Fault(
        "a limit of none is refused", "turnover", "if self.threshold_percent < 0:", "if self.threshold_percent <= 0:"
    ),
    Fault("a limit of one leave is refused", "turnover", "if self.min_left < 1:", "if self.min_left <= 1:"),
    # the figures
    Fault(
        "measure overlooks the rows of today",
        "turnover",
        "rows.take(rows.first <= today)",
        "rows.take(rows.first < today)",
    ),
    Fault(
        "measure sees the rows of tomorrow",
        "turnover",
        "rows.take(rows.first <= today)",
        "rows.take(rows.first <= today + 1)",
    ),
    Fault(
        "the window is a day too long",
        "turnover",
        "return today - terms.window_days + 1",
        "return today - terms.window_days",
    ),
    Fault("nothing is measurable", "turnover", '"measurable": person_days > 0', '"measurable": person_days >= 0'),
    Fault("one day is not measurable", "turnover", '"measurable": person_days > 0', '"measurable": person_days > 1'),
    Fault("a share of nothing is divided", "turnover", "where=whole > 0)", "where=whole >= 0)"),
    Fault("a share of one is empty", "turnover", "where=whole > 0)", "where=whole > 1)"),
    Fault(
        "service lacks its last day",
        "turnover",
        "np.maximum(of_grain.first, start) + 1, 0)",
        "np.maximum(of_grain.first, start), 0)",
    ),
    Fault(
        "service ended before the window counts below zero",
        "turnover",
        "served = np.maximum(served_to - np.maximum(of_grain.first, start) + 1, 0)",
        "served = served_to - np.maximum(of_grain.first, start) + 1",
    ),
    Fault(
        "an open spell serves beyond the day judged",
        "turnover",
        "served_to = np.minimum(of_grain.last, today)",
        "served_to = np.minimum(of_grain.last, today + 1)",
    ),
    Fault(
        "seasoned a day late",
        "turnover",
        "of_grain.first + seasoned_days, start) + 1, 0)",
        "of_grain.first + seasoned_days + 1, start) + 1, 0)",
    ),
    Fault(
        "seasoned days lack their last",
        "turnover",
        "of_grain.first + seasoned_days, start) + 1, 0)",
        "of_grain.first + seasoned_days, start), 0)",
    ),
    Fault(
        "who begins on the first day of the window is not there",
        "turnover",
        "starting = (of_grain.first <= start)",
        "starting = (of_grain.first < start)",
    ),
    Fault(
        "who ends on the first day of the window is not there",
        "turnover",
        "& (of_grain.last >= start)",
        "& (of_grain.last > start)",
    ),
    Fault(
        "who ends on the day judged is not there",
        "turnover",
        "of_grain.key[of_grain.last >= of_grain.as_of]",
        "of_grain.key[of_grain.last > of_grain.as_of]",
    ),
    Fault(
        "who returned is not stable", "turnover", "starting & serves_today[of_grain.key]", "starting & of_grain.open"
    ),
    Fault(
        "tenure lacks the day judged",
        "turnover",
        "tenure=(known.today - of_grain.first[goes_on] + 1)",
        "tenure=(known.today - of_grain.first[goes_on])",
    ),
    Fault("the lower middle is the upper one", "turnover", "(open_spells[some] - 1) // 2", "open_spells[some] // 2"),
    Fault("there is a median of nothing", "turnover", "some = open_spells > 0", "some = open_spells >= 0"),
    Fault("there is no median of one", "turnover", "some = open_spells > 0", "some = open_spells > 1"),
    Fault(
        "a face of the first day of the window is not seen",
        "turnover",
        "seen = rows.last >= start",
        "seen = rows.last > start",
    ),
    Fault(
        "a face is counted for each assignment",
        "turnover",
        "return total(group[seen][each_once], count)",
        "return total(group[seen], count)",
    ),
    Fault(
        "provisional leaves pass for settled",
        "turnover",
        "total(group[net & of_grain.settled], count)",
        "total(group[net], count)",
    ),
    Fault("excused leaves pass for net", "turnover", "net = left & ~of_grain.excused(terms.excused)", "net = left"),
    # the limit and the budget
    Fault(
        "min_left leaves are too few", "turnover", "(settled_left >= limit.min_left)", "(settled_left > limit.min_left)"
    ),
    Fault(
        "at the threshold is above it",
        "turnover",
        "(settled_rate > limit.threshold_percent)",
        "(settled_rate >= limit.threshold_percent)",
    ),
    Fault(
        "established at the threshold",
        "turnover",
        "breached & (settled_low > limit.threshold_percent)",
        "breached & (settled_low >= limit.threshold_percent)",
    ),
    Fault(
        "established without a breach",
        "turnover",
        "breached & (settled_low > limit.threshold_percent)",
        "(settled_low > limit.threshold_percent)",
    ),
    Fault(
        "the budget allows what breaches",
        "turnover",
        "while person_days and most * 100 * DAYS_OF_YEAR / person_days > limit.threshold_percent:",
        "while person_days and (most - 1) * 100 * DAYS_OF_YEAR / person_days > limit.threshold_percent:",
    ),
    Fault(
        "the budget stops short of the threshold",
        "turnover",
        "while person_days and most * 100 * DAYS_OF_YEAR / person_days > limit.threshold_percent:",
        "while person_days and most * 100 * DAYS_OF_YEAR / person_days >= limit.threshold_percent:",
    ),
    Fault("the budget trusts a rounded product", "turnover", "person_days / 36500) + 1", "person_days / 36500)"),
    Fault("the budget forgets min_left", "turnover", "max(limit.min_left - 1,", "max(limit.min_left,"),
    Fault("a budget where nobody serves", "turnover", "most if person_days else 0", "most"),
    Fault(
        "the first day of the window is free",
        "turnover",
        "if window_start(today, terms) <= day_number(day) <= today",
        "if window_start(today, terms) < day_number(day) <= today",
    ),
    Fault(
        "a leave of today is free",
        "turnover",
        "if window_start(today, terms) <= day_number(day) <= today",
        "if window_start(today, terms) <= day_number(day) < today",
    ),
    Fault(
        "a leave of tomorrow is spent",
        "turnover",
        "if window_start(today, terms) <= day_number(day) <= today",
        "if window_start(today, terms) <= day_number(day) <= today + 1",
    ),
    Fault(
        "a leave is given back a day early",
        "turnover",
        "min(leave.day for leave in inside) + terms.window_days",
        "min(leave.day for leave in inside) + terms.window_days - 1",
    ),
    Fault(
        "the latest leave is given back first",
        "turnover",
        "min(leave.day for leave in inside)",
        "max(leave.day for leave in inside)",
    ),
    Fault(
        "an overspent budget is negative",
        "turnover",
        "left=max(allowed - len(inside), 0)",
        "left=allowed - len(inside)",
    ),
    # the preview
    Fault("a guard of one day cannot leave", "turnover", "(rows.first <= day)", "(rows.first < day)"),
    Fault("an end on that day cannot be planned again", "turnover", "(last >= day)", "(last > day)"),
    Fault("an end before that day is planned again", "turnover", "(last >= day)", "(last >= day - 1)"),
]
