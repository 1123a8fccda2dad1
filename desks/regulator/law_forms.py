"""The forms by which the law is drafted."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.drafting import CITATIONS, TEXTS, WORDS
from compliance.models import ClauseVersion
from compliance.predicates import RULES, Rule
from desks.clauses import SPOKEN
from desks.fields import DayField
from desks.regulator.parameters import MODE, fields_of, initial_of, parameters_from, ticked_in_vain

LABELS = dict(SPOKEN)
MISSING = {"required": gettext_lazy("This is needed, in each language: the law is read in all three.")}


class DraftForm(forms.Form):
    """The day of a draft, and why the law is to change."""

    use_required_attribute = False

    effective_from = DayField(
        label=gettext_lazy("In force from"),
        help_text=gettext_lazy("A day to come: the law is never changed for days that have begun"),
        missing=gettext_lazy("Type the day from which it is to be in force."),
    )
    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The second person reads it before publishing"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why the law is to change: the second person reads it.")},
    )


class ReasonForm(forms.Form):
    """Why something is given back, withdrawn or revoked."""

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why: whoever drafted it reads this.")},
    )


class AddForm(forms.Form):
    """Which number a new clause gets, and what it rules."""

    use_required_attribute = False

    number = forms.CharField(
        label=gettext_lazy("Number of the clause"),
        help_text=gettext_lazy("12, 12.1 or 12-1"),
        max_length=20,
        error_messages={"required": gettext_lazy("Type the number of the clause: 12, 12.1 or 12-1.")},
    )
    rule = forms.ChoiceField(
        label=gettext_lazy("Rule"),
        help_text=gettext_lazy("What is checked. What a breach of it is called stands here"),
        error_messages={"required": gettext_lazy("Choose the rule.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rules = sorted(RULES, key=lambda rule: str(rule.title))
        choices = [(rule.code, str(rule.title)) for rule in rules]
        self.fields["rule"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        # The title of each rule, and what it checks.
        self.checks = [(str(rule.title), rule.sentences()) for rule in rules]


class CitationForm(forms.Form):
    """On what ground, in the three languages, and where it can be read."""

    use_required_attribute = False

    citation_kk = forms.CharField(label=LABELS["citation_kk"], max_length=300, error_messages=MISSING)
    citation_ru = forms.CharField(label=LABELS["citation_ru"], max_length=300, error_messages=MISSING)
    citation_en = forms.CharField(label=LABELS["citation_en"], max_length=300, error_messages=MISSING)
    link = forms.URLField(
        label=gettext_lazy("Link to the act"),
        help_text=gettext_lazy("So that everybody can check it. For example, https://adilet.zan.kz/rus/docs/…"),
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        error_messages={"invalid": gettext_lazy("Type an address that begins with https://.")},
    )

    @property
    def grounds(self) -> list[Any]:
        return [self[name] for name in (*CITATIONS, "link")]

    def words(self) -> dict[str, str]:
        """What the version says beside its rule."""
        return {name: self.cleaned_data.get(name, "") for name in WORDS}


class ClauseForm(CitationForm):
    """A clause: the parameters of its rule, what it rests on, and its words in the three languages."""

    mark = forms.ChoiceField(
        label=gettext_lazy("Rests on"),
        help_text=gettext_lazy("Stands by the clause wherever it is named: policy is never taken for the law"),
        choices=[("", "—"), *ClauseVersion.Mark.choices],
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    text_kk = forms.CharField(label=LABELS["text_kk"], widget=forms.Textarea, max_length=4000, error_messages=MISSING)
    text_ru = forms.CharField(label=LABELS["text_ru"], widget=forms.Textarea, max_length=4000, error_messages=MISSING)
    text_en = forms.CharField(label=LABELS["text_en"], widget=forms.Textarea, max_length=4000, error_messages=MISSING)

    def __init__(self, data: Any = None, *, rule: type[Rule], version: ClauseVersion | None) -> None:
        """`version` is what the form is filled with: the draft's own, else the one in force."""
        self.rule = rule
        same = version if version and version.rule == rule.code else None
        initial = initial_of(rule, same.parameters if same else {})
        initial |= {name: getattr(version, name) for name in WORDS} if version else {}
        super().__init__(data, initial=initial)
        self.fields.update(fields_of(rule))
        for name in TEXTS:
            self.fields[name].widget.attrs["rows"] = 3

    @property
    def conditions(self) -> list[Any]:
        """The fields of the parameters."""
        return [self[name] for name in fields_of(self.rule)]

    @property
    def texts(self) -> list[Any]:
        return [self[name] for name in TEXTS]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ticked_in_vain(self.rule, cleaned):
            said = _("You ticked some: choose “Those that are ticked below”, or untick them.")
            self.add_error(name + MODE, said)
        return cleaned

    def parameters(self) -> dict[str, Any]:
        return parameters_from(self.rule, self.cleaned_data)
