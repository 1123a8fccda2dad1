"""The components of the site as template tags: `{% load qorgan %}`.

Every tag with its example stands in docs/components.md and, alive, on /styleguide/. A block closes with `end` and its
name.

Blocks                                                                  what the block holds
  page_title title lead="" sentence=False                               at most two buttons, the main one last
  section title right="" link_url="" link="" note="" id="" level=2      anything; `right` is text or a `slot`
  slot as name                                                          HTML to hand to another tag
  figures first_wide=False                                              `figure` blocks, three to five
  figure label value="" unit="" made_of="" picture=False                what stands between the value and its parts
  table label list=False                                                thead and tbody; scrolls in its own region
  card tag="article", note kind=""                                      anything
  definitions, definition label                                         `definition` blocks; the value
  empty title text=""                                                   one button
  step title verb back_url action="" kind="" files=False                what will happen, and the form's fields
  filters form reset_url=""                                             nothing, or further fields
  listing                                                               filters, table and pager: what htmx swaps

Single tags
  breadcrumbs label url label url ... label      status kind text      tag kind text      shape kind
  law_mark mark version=None
  sort_head label by number=False parameter="sort"      pager page id="pager"      avatar full_name size="" photo=""
  portrait guard size=""      saved_filters      returning section=""      detour      keep_return      onward
  timeline entries      form_errors form title=""      icon name      mark size=26

Pictures, each drawn from the layout that desks/pictures computes
  interval layout     ribbon layout     ribbon_legend layout     budget layout     before_after layout
  tile_map layout     claim layout      fortnight layout         covered layout    hatched_bar layout
  funnel layout       histogram layout  histogram_legend layout
  trend layout        legend_mark name    paint fill="" stroke=""

Filters
  number[:places] percent[:places] day long_day day_month month_year weekday initials
"""

from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from desks import clauses, components, formats
from desks import returning as ways_back
from desks import saved_filters as saved
from desks.pictures import palette

register = template.Library()

for _filter in (
    formats.number,
    formats.percent,
    formats.day,
    formats.long_day,
    formats.day_month,
    formats.month_year,
    formats.weekday,
    components.initials,
):
    register.filter(_filter.__name__, _filter)

LAW_MARKS = {"law": _("Law"), "policy": _("Policy, not law"), "reported": _("As reported")}


def _render(component: str, /, **context: Any) -> SafeString:
    return render_to_string(f"components/{component}.html", context)


# By the types too: a text that is escaped already equals one that is not.
@lru_cache(maxsize=1024, typed=True)
def _small(component: str, names: tuple[str, ...], /, *values: Any) -> SafeString:
    """A small component of which a page shows hundreds, the same for the same values: drawn once."""
    return _render(component, **dict(zip(names, values, strict=True)))


def _trim(content: str) -> SafeString:
    """A block without the white space of its template: empty when nothing stands in it. Its text is escaped already."""
    return mark_safe(content.strip())  # nosec B703: a block of a template, escaped where its values were put in


# Blocks


@register.simple_block_tag
def slot(content: str) -> str:
    """HTML kept under a name: `{% slot as legend %}…{% endslot %}`, then `right=legend`."""
    return content


@register.simple_block_tag
def page_title(content: str, title: str, lead: str = "", above: str = "", sentence: bool = False) -> str:
    """The title of a page, which says the state; `sentence` sets a title that is a full sentence a size smaller."""
    return _render("page_title", title=title, lead=lead, above=above, sentence=sentence, actions=_trim(content))


@register.simple_block_tag
def section(
    content: str,
    title: str,
    right: str = "",
    link_url: str = "",
    link: str = "",
    note: str = "",
    id: str = "",
    level: int = 2,
) -> str:
    """A ruled section; in its right corner a text, a legend or one link."""
    return _render(
        "section",
        content=content,
        title=title,
        right=right,
        link_url=link_url,
        link=link,
        note=note,
        id=id,
        level=level,
    )


@register.simple_block_tag
def figures(content: str, first_wide: bool = False) -> str:
    """A row of figures."""
    return _render("figures", content=content, first_wide=first_wide)


@register.simple_block_tag
def figure(
    content: str, label: str, value: str | int = "", unit: str = "", made_of: str = "", picture: bool = False
) -> str:
    """One figure with what it is made of; `picture` gives it the whole width of a phone."""
    return _render(
        "figure", content=_trim(content), label=label, value=value, unit=unit, made_of=made_of, picture=picture
    )


@register.simple_block_tag
def table(content: str, label: str, list: bool = False) -> str:
    """A table in a region of its own that scrolls and takes focus; `list` makes it names and values on a phone."""
    return _render("table", content=content, label=label, list=list)


@register.simple_block_tag
def card(content: str, tag: str = "article") -> str:
    """An object with its own actions. Never a card inside a card."""
    return _render("card", content=content, tag=tag)


@register.simple_block_tag
def note(content: str, kind: str = "") -> str:
    """A remark beside the matter; `kind` is empty, `warn` or `bad`."""
    return _render("note", content=content, kind=kind)


@register.simple_block_tag
def definitions(content: str) -> str:
    """Rows of name and value."""
    return format_html('<dl class="definitions">{}</dl>', content)


@register.simple_block_tag
def definition(content: str, label: str) -> str:
    """One row of name and value."""
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, content)


@register.simple_block_tag
def empty(content: str, title: str, text: str = "") -> str:
    """What is true where a list would stand, what will appear there and when, and one button."""
    return _render("empty", content=_trim(content), title=title, text=text)


@register.simple_block_tag(takes_context=True)
def step(
    context: template.RequestContext,
    content: str,
    title: str,
    verb: str,
    back_url: str,
    action: str = "",
    kind: str = "primary",
    level: int = 2,
    files: bool = False,
) -> str:
    """A confirmation: the question, what will happen and to whom, a button that repeats the verb, and a way back.

    `files` says that a file can be sent with it.
    """
    return _render(
        "step",
        content=content,
        title=title,
        verb=verb,
        # Back within the work is to the step before.
        back_url=back_url if back_url.startswith("?") else _way_back(context) or back_url,
        keep=keep_return(context),
        action=action,
        kind=kind,
        level=level,
        files=files,
        csrf_token=context.get("csrf_token"),
    )


@register.simple_block_tag(takes_context=True)
def filters(context: template.RequestContext, content: str, form: BaseForm, reset_url: str = "") -> str:
    """A bar of filters over a list; its state is the page's address."""
    request = context["request"]
    return _render(
        "filters",
        content=content,
        form=form,
        reset_url=reset_url or request.path,
        sort="" if "sort" in form.fields else request.GET.get("sort", ""),
    )


@register.simple_block_tag
def listing(content: str) -> str:
    """What a list swaps when it is filtered, sorted or paged; it stands in the template's part `list`."""
    return _render("listing", content=content)


# Single tags


@register.simple_tag(takes_context=True)
def breadcrumbs(context: template.Context, *crumbs: str) -> str:
    """The way here: labels and addresses in turn; the last label has no address. Then the way back, if one is kept."""
    steps = [(crumbs[at], crumbs[at + 1] if at + 1 < len(crumbs) else "") for at in range(0, len(crumbs), 2)]
    back = _way_back(context)
    items = context["navigation"].items if back and "navigation" in context else ()
    label = next((item.label for item in items if item.url == back.partition("#")[0]), "")
    return _render("breadcrumbs", steps=steps, back=back, back_label=label)


def _way_back(context: template.Context) -> str:
    """Where the work was begun; empty where the page was opened for itself, or stands on paper."""
    request = context.get("request")
    return ways_back.asked(request) if request else ""


@register.simple_tag(takes_context=True)
def returning(context: template.RequestContext, section: str = "") -> str:
    """What the address of a link ends with, so that the work it leads to comes back to this page, or beyond it."""
    return ways_back.here(context["request"], section)


@register.simple_tag(takes_context=True)
def detour(context: template.RequestContext) -> str:
    """What the address of a link ends with that leads to what has to be mended first: the work goes on here then."""
    return ways_back.detour(context["request"])


@register.simple_tag(takes_context=True)
def onward(context: template.RequestContext) -> str:
    """What the address of a link to a further step of the same work ends with: where the work was begun, if that is
    kept."""
    return f"&{ways_back.here(context['request'])}" if _way_back(context) else ""


@register.simple_tag(takes_context=True)
def keep_return(context: template.Context) -> str:
    """In a form between two steps: where the work was begun."""
    back = _way_back(context)
    return format_html('<input type="hidden" name="{}" value="{}">', ways_back.NAME, back) if back else ""


@register.simple_tag
def shape(kind: str) -> str:
    """The shape of a status alone, where the word stands elsewhere."""
    return _small("shape", ("kind",), kind)


@register.simple_tag
def status(kind: str, text: str) -> str:
    """Shape and word. Kinds: ok, waiting, near, provisional, established, indicated, blocked, not_measurable."""
    return _status(kind, text, tag=False)


@register.simple_tag
def tag(kind: str, text: str) -> str:
    """The one main status of a page, on a soft ground."""
    return _status(kind, text, tag=True)


def _status(kind: str, text: Any, *, tag: bool) -> SafeString:
    said = text if isinstance(text, str) else str(text)
    return _small("status", ("kind", "tone", "text", "tag"), kind, components.TONES[kind], said, tag)


@register.simple_tag
def law_mark(mark: str, version: Any = None) -> str:
    """What a clause, a limit or an obstacle rests on: law, policy or reported; it leads to the clause of a version."""
    url = clauses.address(version) if version else ""
    return _small("law_mark", ("mark", "word", "url"), mark, str(LAW_MARKS[mark]), url)


@register.simple_tag(takes_context=True)
def sort_head(
    context: template.RequestContext, label: str, by: str, number: bool = False, parameter: str = "sort"
) -> str:
    """A head that sorts the list by `by`, and the other way round when it already does; paging starts anew."""
    query = context["request"].GET.copy()
    order = {by: "ascending", f"-{by}": "descending"}.get(query.get(parameter, ""), "")
    query[parameter] = f"-{by}" if order == "ascending" else by
    for paging in ("after", "before", "format"):
        query.pop(paging, None)
    return _render(
        "sort_head", label=label, order=order, url=f"?{query.urlencode()}", number=number, id=f"{parameter}-{by}"
    )


@register.simple_tag
def pager(page: components.Page, id: str = "pager") -> str:
    """Which rows stand here, and the way to those before and after; `id` tells two pagers of one page apart."""
    return _render("pager", page=page, id=id)


@register.simple_tag
def progress(percent: int, words: str) -> str:
    """How far something is that is being done in the background, and what it is."""
    return _render("progress", percent=percent, words=words)


@register.simple_tag
def avatar(full_name: str, size: str = "", photo: str = "") -> str:
    """The photograph at the address `photo`, else the initials; `size` is empty, `medium` or `large`."""
    return _render("avatar", name=full_name, initials=components.initials(full_name), size=size, photo=photo)


@register.simple_tag
def portrait(guard: Any, size: str = "") -> str:
    """The avatar of a guard: his photograph, where there is one."""
    photo = reverse("private:photo", args=[guard.public_id]) if guard.photo_id else ""
    return avatar(guard.name, size, photo)


@register.simple_tag(takes_context=True)
def saved_filters(context: template.RequestContext) -> str:
    """Under the filter bar of a list: the filters of it that the visitor keeps, and a way to keep the present one."""
    found = saved.shown(context["request"])
    is_kept = any(one.query == found["query"] for one in found["kept"])
    return _render("saved_filters", is_kept=is_kept, **found)


@register.simple_tag
def timeline(entries: list[components.Entry]) -> str:
    """A history, newest first."""
    return _render("timeline", entries=[(entry, components.TONES[entry.shape]) for entry in entries])


@register.simple_tag
def form_errors(form: BaseForm, title: str = "") -> str:
    """What to correct, with a link to each field; nothing while there is nothing to correct."""
    errors = [
        (form[name].id_for_label, form[name].label, text) for name in form.fields for text in form.errors.get(name, ())
    ]
    return _render("form_errors", form=form, errors=errors, title=title or _("Nothing was saved. What to correct:"))


@register.simple_tag
def icon(name: str) -> str:
    """A drawn sign; never without its word. Names: door, check, document, history, people, chevron, search."""
    return _render("icon", name=name)


@register.simple_tag
def mark(size: int = 26) -> str:
    """The mark of Qorgan in the colours of the band."""
    return _render("mark", size=size)


# Pictures


@register.simple_tag
def paint(fill: str = "", stroke: str = "") -> str:
    """The attributes of a mark in a picture; see desks/pictures/palette.py."""
    return mark_safe(palette.paint(fill, stroke))  # nosec B703: made of the names in palette.LIGHT alone


def _picture(name: str) -> None:
    register.inclusion_tag(f"pictures/{name}.html", name=name)(lambda layout: {"layout": layout})


for _name in (
    "interval",
    "ribbon",
    "ribbon_legend",
    "budget",
    "before_after",
    "tile_map",
    "claim",
    "hatched_bar",
    "fortnight",
    "covered",
    "funnel",
    "histogram",
    "histogram_legend",
    "trend",
):
    _picture(_name)


@register.inclusion_tag("pictures/legend_mark.html")
def legend_mark(name: str) -> dict[str, str]:
    """The sign of a legend; docs/components.md lists the names."""
    return {"name": name}
