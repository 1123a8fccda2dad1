"""What the desks hand to the shared components: navigation, lists by page, histories, forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest


class FormRenderer(TemplatesSetting):
    """Draws every form of the site: label, help, control, then what to correct (`FORM_RENDERER` in the settings)."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


@dataclass(frozen=True)
class NavItem:
    """One place of a desk. `count` stands only where someone must act; `icon` is a name of its template."""

    url: str
    label: str
    current: bool = False
    count: int | None = None
    icon: str = ""


@dataclass(frozen=True)
class Search:
    """The field in the header: a page that filters by `q`, and the words that say what it finds."""

    url: str
    label: str


@dataclass(frozen=True)
class Navigation:
    """The places of the desk where the visitor sits."""

    items: Sequence[NavItem] = ()
    search: Search | None = None

    @property
    def tabs(self) -> bool:
        """Whether a phone shows the places as tabs at the bottom: at most four, each with an icon."""
        return 0 < len(self.items) <= 4 and all(item.icon for item in self.items)


_navigations: dict[str, Callable[[HttpRequest], Sequence[NavItem]]] = {}
_searches: dict[str, Callable[[HttpRequest], Search]] = {}


def register_navigation(
    role: str,
    items: Callable[[HttpRequest], Sequence[NavItem]],
    search: Callable[[HttpRequest], Search] | None = None,
) -> None:
    """Give a role its navigation; called once by each desk when the site starts."""
    _navigations[role] = items
    if search is not None:
        _searches[role] = search


def navigation(request: HttpRequest) -> dict[str, Navigation]:
    """Context processor: the navigation of the role in which the visitor acts, empty for others."""
    role = getattr(getattr(request, "membership", None), "role", None)
    if role not in _navigations:
        return {"navigation": Navigation()}
    search = _searches.get(role)
    return {"navigation": Navigation(tuple(_navigations[role](request)), search(request) if search else None)}


@dataclass(frozen=True)
class Page:
    """A page of a list. `count_capped` means that there are at least `count` rows, and nobody counted further.

    `csv_url` and `xlsx_url` lead to the whole list as a file, where there is one.
    """

    rows: Sequence[Any]
    start: int
    end: int
    count: int
    count_capped: bool = False
    previous_url: str | None = None
    next_url: str | None = None
    csv_url: str = ""
    xlsx_url: str = ""


@dataclass(frozen=True)
class Entry:
    """A line of a history: `shape` is a kind of status, `sentence` names who did it, `note` says on what ground."""

    day: date
    shape: str
    sentence: str
    note: str = ""


# What each kind of status means by its colour; its shape is drawn by templates/components/shape.html.
TONES = {
    "ok": "ok",
    "waiting": "none",
    "near": "warn",
    "provisional": "warn",
    "established": "bad",
    "indicated": "bad",
    "blocked": "bad",
    "not_measurable": "none",
}


def initials(full_name: str) -> str:
    """The letters that stand for a person without a photograph: `ЕМ` for «Ерлан Мұқашев»."""
    return "".join(word[0] for word in full_name.split()[:2]).upper()
