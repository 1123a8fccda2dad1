"""Proofs about the licence that a contract of guarding stands on."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Licence, LicenceEvent
from compliance.records import Record
from desks import formats
from desks.proof.base import Cell, EvidenceTable, Head, Line, Presenter, as_day, certain_day

STATES = {
    "issued": gettext_lazy("Issued"),
    **{str(kind.value): kind.label for kind in LicenceEvent.Kind},
}


class ContractProof(Presenter):
    """What both rules about a licence show: the contract, the licence it names, and what became of that licence."""

    @property
    def values(self) -> dict[str, str]:
        """What the sentences name."""
        found = self.evidence
        return {
            "agency": str(self.finding.agency),
            "school": str(self.finding.school),
            "licence": found["licence"] or formats.UNKNOWN,
            "contract": found["contract_number"],
            "state": self.state.lower(),
            "since": formats.day(as_day(found["state_since"])),
            "listed": formats.day(as_day(found["vulnerable_since"])),
            "day": formats.day(self.day),
        }

    @property
    def state(self) -> str:
        return str(STATES[self.evidence["state"]]) if self.evidence["state"] else formats.UNKNOWN

    @property
    def term(self) -> str:
        first, last = certain_day(self.evidence["contract_first_day"]), as_day(self.evidence["contract_last_day"])
        return formats.day_range(first, last) if last else _("from %(day)s") % {"day": formats.day(first)}

    def lines(self) -> list[Line]:
        return [
            Line(_("Day judged"), "", formats.day(self.day)),
            Line(
                _("Contract of guarding"), _("number %(contract)s, in force on the day judged") % self.values, self.term
            ),
            *self.licence_lines(),
        ]

    def licence_lines(self) -> list[Line]:
        raise NotImplementedError

    def tables(self) -> list[EvidenceTable]:
        """The history of the licence up to the day judged; where the contract names none, of each of the agency."""
        return [self._history(licence) for licence in self.evidence.get("licences", ())]

    def _history(self, licence: Record) -> EvidenceTable:
        issued = (licence["issued_on"], _("Issued"), str(Licence.Subtype(licence["subtype"]).label))
        events = [
            (event["on"], str(STATES[event["event"]]), event["basis"] or formats.UNKNOWN)
            for event in self.evidence["events"]
            if event["licence"] == licence["licence"]
        ]
        return EvidenceTable(
            title=gettext_lazy("History of the licence"),
            note=_("licence %(licence)s, up to the day judged") % licence,
            heads=[Head(_("Day")), Head(_("What happened")), Head(_("On what ground"))],
            rows=[
                [Cell(formats.day(certain_day(day))), Cell(said), Cell(ground)]
                for day, said, ground in (issued, *events)
            ],
        )

    def columns(self) -> list[str]:
        return [
            "day", "contract_id", "contract_number", "contract_first_day", "contract_last_day", "licence_number",
            "subtype", "state", "state_since", "vulnerable_since", "on", "event", "basis",
        ]  # fmt: skip

    def records(self) -> list[list[Any]]:
        """What the finding states; then each licence with the day of its issue, and what became of it."""
        names = (
            "day", "contract", "contract_number", "contract_first_day", "contract_last_day", "licence",
            "subtype", "state", "state_since", "vulnerable_since",
        )  # fmt: skip
        history = [
            {**licence, "on": licence["issued_on"], "event": "issued"} for licence in self.evidence.get("licences", ())
        ]
        lines = [self.evidence, *history, *self.evidence.get("events", ())]
        return [[line.get(name) for name in (*names, "on", "event", "basis")] for line in lines]


class LicenceInForceProof(ContractProof):
    """Evidence of `licence_in_force`."""

    code = "licence_in_force"

    SENTENCES = {
        "suspended": gettext_lazy(
            "%(agency)s guards %(school)s under licence %(licence)s, and this licence is suspended since %(since)s."
        ),
        "revoked": gettext_lazy(
            "%(agency)s guards %(school)s under licence %(licence)s, and this licence was revoked on %(since)s."
        ),
        "annulled": gettext_lazy(
            "%(agency)s guards %(school)s under licence %(licence)s, and this licence was annulled on %(since)s."
        ),
    }

    def sentence(self) -> str:
        if not self.evidence["licence"]:
            return (
                _(
                    "%(agency)s guards %(school)s by contract %(contract)s, which names no licence, and on %(day)s "
                    "the agency had none in force."
                )
                % self.values
            )
        not_yet = gettext_lazy(
            "%(agency)s guards %(school)s under licence %(licence)s, which was not issued yet on %(day)s."
        )
        return str(self.SENTENCES.get(self.evidence["state"], not_yet)) % self.values

    def licence_lines(self) -> list[Line]:
        if not self.evidence["licence"]:
            return [Line(_("Licence"), _("the contract names none"), _("none in force"))]
        return [
            Line(_("Licence"), _("named by the contract"), self.evidence["licence"]),
            Line(_("Its state on the day judged"), _("since %(since)s") % self.values, self.state),
        ]

    def verdict(self) -> str:
        return _("The contract is in force and the licence is not")


class LicenceSubtypeProof(ContractProof):
    """Evidence of `licence_subtype`."""

    code = "licence_subtype"

    def sentence(self) -> str:
        return (
            _(
                "%(school)s is on the list of objects vulnerable to terrorism since %(listed)s, and %(agency)s guards "
                "it under licence %(licence)s, which leaves such objects out."
            )
            % self.values
        )

    def licence_lines(self) -> list[Line]:
        subtype = str(Licence.Subtype(self.evidence["subtype"]).label)
        return [
            Line(
                _("School on the list of vulnerable objects"),
                _("the territorial list"),
                _("since %(listed)s") % self.values,
            ),
            Line(_("Licence"), _("named by the contract"), self.evidence["licence"]),
            Line(_("Its subtype"), "", subtype),
        ]

    def verdict(self) -> str:
        return _("The school needs the subtype that includes vulnerable objects")
