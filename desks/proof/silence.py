"""Proof that nothing can be measured at a school under contract."""

from datetime import timedelta
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from compliance.models import Finding
from compliance.reports import limiting_version
from desks import formats
from desks.proof.base import Cell, EvidenceTable, Head, Line, Names, Presenter, certain_day


class MeasurableProof(Presenter):
    """Evidence of `measurable`: contracts under which nobody was confirmed."""

    code = "measurable"

    @classmethod
    def status_of(cls, finding: Finding) -> tuple[str, str]:
        return "not_measurable", _("Not measurable")

    @cached_property
    def names(self) -> Names:
        return Names(agencies={contract["agency_bin"] for contract in self.evidence["contracts"]})

    @cached_property
    def window_days(self) -> int:
        """How long service was looked for: as the limit of turnover at a school counts it on the day judged."""
        _version, rule = limiting_version("school", self.day)
        return rule.window_days

    def sentence(self) -> str:
        return _(
            "%(school)s is guarded under contract, and its director confirmed no guard who served in the %(days)s up "
            "to %(day)s: turnover there cannot be measured."
        ) % {
            "school": self.finding.school,
            "days": formats.days(self.window_days),
            "day": formats.day(self.day),
        }

    def lines(self) -> list[Line]:
        window = formats.day_range(self.day - timedelta(days=self.window_days - 1), self.day)
        contracts = self.evidence["contracts"]
        return [
            Line(
                _("Contracts of guarding"),
                _("in force on %(day)s") % {"day": formats.day(self.day)},
                formats.number(len(contracts)),
            ),
            Line(_("Days of service that the school confirmed"), window, formats.number(0)),
            Line(_("Average headcount"), f"0 ÷ {formats.number(self.window_days)}", formats.number(0)),
        ]

    def verdict(self) -> str:
        return _("Without confirmed service there is no figure: this is not a zero")

    def tables(self) -> list[EvidenceTable]:
        heads = [Head(_("Contract")), Head(_("Agency")), Head(_("BIN")), Head(_("First day"))]
        rows = [
            [
                Cell(contract["contract_number"], name=True),
                Cell(self.names.agency(contract["agency_bin"])),
                Cell(contract["agency_bin"]),
                Cell(formats.day(certain_day(contract["first_day"]))),
            ]
            for contract in self.evidence["contracts"]
        ]
        return [EvidenceTable(_("Contracts under which nobody was confirmed"), "", heads, rows)]

    def columns(self) -> list[str]:
        return ["day", "contract_id", "contract_number", "agency_bin", "first_day"]

    def records(self) -> list[list[Any]]:
        names = ("contract", "contract_number", "agency_bin", "first_day")
        return [[self.evidence["day"], *(one[name] for name in names)] for one in self.evidence["contracts"]]
