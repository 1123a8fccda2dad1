"""Every route, every visitor: the page opens, hides its record, is refused, or asks to sign in."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from access.allow import allow
from access.roles import Role
from tests.access import routes_agency, routes_law, routes_private, routes_public, routes_regulator, routes_school
from tests.access.matrix import Route, Visitor
from tests.access.world import World

ROUTES: list[Route] = [
    *routes_public.ROUTES,
    *routes_agency.ROUTES,
    *routes_private.ROUTES,
    *routes_school.ROUTES,
    *routes_regulator.ROUTES,
    *routes_law.ROUTES,
]
SIGN_IN = "account_login"


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site with its full name."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, f"{prefix}{one.namespace}:" if one.namespace else prefix)
        else:
            yield f"{prefix}{one.name}", one


def all_patterns() -> dict[str, URLPattern]:
    return dict(patterns(get_resolver()))


def sign_in(client: Client, world: World, visitor: Visitor) -> None:
    if visitor == Visitor.WITHOUT_MEMBERSHIP:
        client.force_login(world.without_membership)
    elif visitor != Visitor.PUBLIC:
        client.force_login(world.memberships[visitor].user)


def ask(client: Client, world: World, route: Route) -> Any:
    objects = {name: getattr(world.own, of).public_id for name, of in route.objects.items()}
    kwargs = {**objects, **route.words}
    return getattr(client, route.method)(reverse(route.name, kwargs=kwargs), dict(route.data))


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert {route.name for route in ROUTES} == set(all_patterns())


def test_every_row_speaks_of_every_visitor() -> None:
    spoken: dict[str, set[Visitor]] = {}
    for route in ROUTES:
        spoken.setdefault(route.name, set()).update(route.only_for)
    assert {name: set(Visitor) - of for name, of in spoken.items() if set(Visitor) - of} == {}


def test_every_view_says_to_whom_it_opens() -> None:
    """By the roles of `@allow`, by `login_not_required`, or as the choice of one's own organisation."""
    views = {name: pattern.callback for name, pattern in all_patterns().items()}
    silent = {
        name
        for name, view in views.items()
        if not hasattr(view, "allowed_roles") and getattr(view, "login_required", True)
    }
    own_choices = {"choose_membership", *(name for name in silent if name.startswith("account_"))}
    assert silent - own_choices == set()


def test_a_view_of_a_role_cannot_be_public() -> None:
    views = [pattern.callback for pattern in all_patterns().values()]
    assert [
        view for view in views if hasattr(view, "allowed_roles") and not getattr(view, "login_required", True)
    ] == []


def test_allow_keeps_the_roles_on_the_view() -> None:
    assert allow(Role.REGULATOR)(lambda request: None).allowed_roles == (Role.REGULATOR,)  # type: ignore[attr-defined]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.name}")
def test_the_matrix(world: World, route: Route) -> None:
    answers = {}
    for visitor in route.only_for:
        with transaction.atomic():
            client = Client()
            sign_in(client, world, visitor)
            answer = ask(client, world, route)
            # What one visitor changed, the next one does not find.
            transaction.set_rollback(True)
        answers[visitor] = answer.status_code
        if visitor == Visitor.PUBLIC and visitor not in route.opens:
            assert answer["Location"].startswith(reverse(SIGN_IN))
    assert answers == {visitor: route.expected(visitor) for visitor in route.only_for}


LISTS = [(route, visitor) for route in ROUTES if route.lists for visitor in route.opens]


@pytest.mark.parametrize(("route", "visitor"), LISTS, ids=lambda one: getattr(one, "name", str(one)))
def test_a_list_holds_the_records_of_the_visitors_own_side_alone(
    client: Client, world: World, route: Route, visitor: Visitor
) -> None:
    sign_in(client, world, visitor)
    page = ask(client, world, route).content.decode()
    found = {side for side in ("own", "other") if str(getattr(getattr(world, side), route.lists).public_id) in page}
    assert found == ({visitor.side} if visitor.side else {"own", "other"})
