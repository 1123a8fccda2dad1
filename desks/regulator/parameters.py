"""The parameters of a rule as fields of a form, made from the fields of its dataclass, and back again."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from decimal import Decimal
from typing import Any, get_type_hints

from django import forms
from django.utils.translation import gettext as _

from compliance.predicates import Rule
from compliance.predicates.base import kind_of
from desks import formats
from desks.clauses import SHARES, WORDS, label_of

# Beside a list that may be left to the rule: who says what is in it.
MODE = "_mode"
USUAL, OWN = "usual", "own"
HUNDRED = Decimal(100)


class NumberField(forms.DecimalField):
    """A number typed with a comma or a point; a share is typed in percent."""

    def __init__(self, *, whole: bool, share: bool, low: float | None, high: float | None, **options: Any) -> None:
        self.whole, self.share = whole, share
        bounds = [None if one is None else self._shown(one) for one in (low, high)]
        sentence = self._sentence(*bounds)
        codes = ("required", "invalid", "min_value", "max_value", "max_decimal_places", "max_digits")
        super().__init__(
            min_value=bounds[0],
            max_value=bounds[1],
            max_digits=12,
            decimal_places=0 if whole else 4,
            widget=forms.TextInput(attrs={"inputmode": "numeric" if whole else "decimal", "autocomplete": "off"}),
            error_messages=dict.fromkeys(codes, sentence),
            **options,
        )

    def _shown(self, value: float) -> Decimal:
        number = Decimal(str(value))
        return number * HUNDRED if self.share else number

    def _sentence(self, low: Decimal | None, high: Decimal | None) -> str:
        if low is None or high is None:
            return _("Type a number.")
        names = {"low": typed(low), "high": typed(high)}
        if self.whole:
            return _("Type a whole number from %(low)s to %(high)s.") % names
        return _("Type a number from %(low)s to %(high)s.") % names

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = "".join(value.split()).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """As it is typed: what was typed wrong comes back as it was."""
        return value if isinstance(value, str) or value is None else typed(self._shown(value))

    def clean(self, value: Any) -> Any:
        """The parameter as the rule takes it."""
        number = super().clean(value)
        if number is None:
            return None
        if self.whole:
            return int(number)
        return float(number / HUNDRED if self.share else number)


def typed(number: Decimal) -> str:
    """A number as the reader types it."""
    text = format(number.normalize(), "f")
    return text if formats.language() == "en" else text.replace(".", ",")


def fields_of(rule: type[Rule]) -> dict[str, forms.Field]:
    """A field for each parameter of a rule, by its name."""
    hints = get_type_hints(rule)
    found: dict[str, forms.Field] = {}
    for each in fields(rule):
        kind, may_be_empty = kind_of(hints[each.name])
        if kind == tuple[str, ...]:
            found.update(_list_fields(rule, each, may_be_empty))
        else:
            found[each.name] = _field(rule, each, kind, may_be_empty)
    return found


def _field(rule: type[Rule], each: Field[Any], kind: Any, may_be_empty: bool) -> forms.Field:
    options: dict[str, Any] = {"label": label_of(rule, each.name), "help_text": _help(rule, each)}
    if kind is bool:
        return forms.BooleanField(required=False, **options)
    if kind is str:
        return _text_field(each, may_be_empty, options)
    share = each.name in SHARES
    if share or each.name.endswith("_percent"):
        options["label"] = _("%(label)s, %%") % {"label": options["label"]}
    low, high = each.metadata["low"], each.metadata["high"]
    return NumberField(whole=kind is int, share=share, low=low, high=high, required=not may_be_empty, **options)


def _text_field(each: Field[Any], may_be_empty: bool, options: Mapping[str, Any]) -> forms.Field:
    choices = [(word, _word(each.name, word)) for word in each.metadata["choices"]]
    if not choices:
        return forms.CharField(required=not may_be_empty, **options)
    if may_be_empty or each.default is MISSING:
        choices.insert(0, ("", "—"))
    missing = {"required": _("Choose one.")}
    return forms.ChoiceField(choices=choices, required=not may_be_empty, error_messages=missing, **options)


def _list_fields(rule: type[Rule], each: Field[Any], may_be_empty: bool) -> dict[str, forms.Field]:
    """Check boxes; where the list may be left to the rule, before them the question whether it is."""
    found: dict[str, forms.Field] = {}
    label = label_of(rule, each.name)
    if may_be_empty:
        found[each.name + MODE] = forms.ChoiceField(
            label=label,
            help_text=_help(rule, each),
            widget=forms.RadioSelect,
            choices=[(USUAL, _("Those that are usual for the level")), (OWN, _("Those that are ticked below"))],
        )
        label = _("Ticked for this clause")
    words = [(word, _word(each.name, word)) for word in each.metadata["choices"] or WORDS.get(each.name, ())]
    found[each.name] = forms.MultipleChoiceField(
        label=label, choices=words, widget=forms.CheckboxSelectMultiple, required=False
    )
    return found


def _help(rule: type[Rule], each: Field[Any]) -> str:
    """What the rule says of the parameter, unless it is called so or the choices say it all."""
    said = str(each.metadata["help"])
    return "" if each.metadata["choices"] or said == label_of(rule, each.name) else said


def _word(name: str, value: str) -> str:
    return str(WORDS.get(name, {}).get(value, value))


def initial_of(rule: type[Rule], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields hold for some parameters, else for what the rule takes where a clause is silent."""
    found: dict[str, Any] = {}
    for each in fields(rule):
        value = parameters.get(each.name, None if each.default is MISSING else each.default)
        found[each.name] = value
        if kind_of(get_type_hints(rule)[each.name]) == (tuple[str, ...], True):
            found[each.name + MODE] = USUAL if value is None else OWN
            found[each.name] = list(value or ())
    return found


def parameters_from(rule: type[Rule], cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that were typed; all of them, so that a clause says everything itself."""
    found: dict[str, Any] = {}
    for each in fields(rule):
        value = cleaned.get(each.name)
        if cleaned.get(each.name + MODE) == USUAL or value == "":
            value = None
        found[each.name] = value
    return found


def ticked_in_vain(rule: type[Rule], cleaned: Mapping[str, Any]) -> list[str]:
    """The lists that were ticked although they are left to the rule."""
    return [one.name for one in fields(rule) if cleaned.get(one.name + MODE) == USUAL and cleaned.get(one.name)]
