"""The finding before and the finding after: the same clause about the same subject, closed and opened again.

kin(finding, membership, url)   of those that the membership may know; `url` gives the address of a finding's page
in_history(proof, kin)          the proof with both among what became of the finding
For templates/components/recurrence.html.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KT
from django.utils.html import format_html
from django.utils.translation import gettext as _

from compliance.models import Finding
from desks import formats, proof
from desks.components import Entry
from desks.proof import Proof

FIGURES = ("settled_rate", "settled_left", "net_left", "gross_left")


@dataclass(frozen=True)
class Kindred:
    """Another finding of the same matter: its number, status, page, and its figures in words where it has some."""

    finding: Finding
    url: str
    status: tuple[str, str]
    figures: str

    @property
    def link(self) -> str:
        return format_html('<a href="{}">№\N{NO-BREAK SPACE}{}</a>', self.url, self.finding.number)


@dataclass(frozen=True)
class Kin:
    """What was found before, what was found again, and the figures of the finding between them."""

    previous: Kindred | None = None
    later: Kindred | None = None
    figures: str = ""


def kin(finding: Finding, membership: Any, url: Callable[[Finding], str]) -> Kin:
    """The nearest findings on both sides of one."""
    near = Q(pk=finding.previous_id) | Q(previous=finding)
    known = Finding.objects.visible_to(membership).filter(near).select_related("version").order_by("opened_on", "pk")
    known = known.annotate(**{f"found_{name}": KT(f"evidence__{name}") for name in FIGURES}).defer("evidence")
    told = {one.pk: _kindred(one, url(one)) for one in known}
    previous = told.pop(finding.previous_id, None) if finding.previous_id else None
    return Kin(previous, next(iter(told.values()), None), _figures(finding.evidence))


def _kindred(one: Any, url: str) -> Kindred:
    return Kindred(one, url, proof.status(one), _figures({name: getattr(one, f"found_{name}") for name in FIGURES}))


def _figures(evidence: dict[str, Any]) -> str:
    """`67 % a year; left for good 2`, with leaves gross and net; nothing where it is not about turnover."""
    found = [evidence.get(name) for name in FIGURES]
    if any(one is None for one in found):
        return ""
    rate, settled, net, gross = (float(str(one)) for one in found)
    return _("%(rate)s a year; left for good %(settled)s (leaves in all %(gross)s, without excused ones %(net)s)") % {
        "rate": formats.percent(rate),
        "settled": formats.number(settled),
        "net": formats.number(net),
        "gross": formats.number(gross),
    }


def in_history(told: Proof, found: Kin) -> Proof:
    """The proof with the findings before and after at their days, newest first."""
    entries = []
    if found.later:
        said = format_html(_("Found again: {}"), found.later.link)
        entries.append(Entry(found.later.finding.opened_on, found.later.status[0], said, found.later.figures))
    if found.previous:
        said = format_html(_("The same was found before: {}"), found.previous.link)
        entries.append(Entry(found.previous.finding.opened_on, found.previous.status[0], said, found.previous.figures))
    if not entries:
        return told
    return replace(told, entries=sorted([*entries, *told.entries], key=lambda one: one.day, reverse=True))
