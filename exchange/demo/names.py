"""Invented people and firms: names as they are heard in Kazakhstan, put together by chance from `names.toml`."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from exchange.demo.stories import STORIES

SOURCE = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
KAZAKH, RUSSIAN, PAIRS, AGENCIES = (SOURCE[part] for part in ("kazakh", "russian", "pairs", "agencies"))
TAKEN = frozenset(name for story in STORIES for name in story.guards)
SHARE_WOMEN, SHARE_KAZAKH, SHARE_RUSSIAN = 0.3, 0.68, 0.22


class Name(NamedTuple):
    family: str
    given: str
    patronymic: str
    woman: bool


def called(text: str, *, woman: bool = False) -> Name:
    """The name of somebody in a story: “Ерлан Мұқашев”, with a patronymic at will."""
    given, family, *patronymic = text.split()
    return Name(family, given, " ".join(patronymic), woman)


def anybody(chance: Random) -> Name:
    """A name by chance, and not that of somebody in a story: those are found by their names."""
    while True:
        name = _anybody(chance)
        if f"{name.given} {name.family}" not in TAKEN:
            return name


def _anybody(chance: Random) -> Name:
    woman = chance.random() < SHARE_WOMEN
    people = "women" if woman else "men"
    kind = chance.random()
    if kind < SHARE_KAZAKH:
        father, ending = chance.choice(KAZAKH["men"]), "қызы" if woman else "ұлы"
        return Name(_family(KAZAKH, chance, woman), chance.choice(KAZAKH[people]), f"{father}{ending}", woman)
    if kind < SHARE_KAZAKH + SHARE_RUSSIAN:
        father = chance.choice(RUSSIAN["fathers"])
        patronymic = f"{father[:-2]}на" if woman else father
        return Name(_family(RUSSIAN, chance, woman), chance.choice(RUSSIAN[people]), patronymic, woman)
    family, given = chance.choice(PAIRS[people]).split(":")
    return Name(family, given, "", woman)


def _family(source: dict[str, list[str]], chance: Random, woman: bool) -> str:
    family = chance.choice(source["families"])
    return f"{family}а" if woman and family.endswith(("ов", "ев", "ёв", "ин")) else family


def agencies() -> Iterator[str]:
    """Names of agencies, each once: “Алтын Күзет”, and when all are taken “Алтын Күзет 2”."""
    number = 1
    while True:
        for second in AGENCIES["second"]:
            for first in AGENCIES["first"]:
                yield f"{first} {second}" if number == 1 else f"{first} {second} {number}"
        number += 1
