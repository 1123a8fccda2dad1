"""The tests of the engine can fail: each fault planted in it is caught by them."""

import ast
import functools
import inspect
import itertools
import random
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from compliance import turnover
from tests.compliance import test_turnover_figures, test_turnover_limits, worlds
from tests.compliance.faults import FAULTS, HARMLESS, Fault

#: The modules of the engine, each after those it imports.
MODULES = ("keys", "open_days", "intervals", "spells", "turnover")
SOURCES = {name: Path(inspect.getsourcefile(import_module(f"compliance.{name}"))).read_text() for name in MODULES}


def load(sources: dict[str, str]) -> ModuleType:
    """An engine of its own, made from sources; the real one stays as it is."""
    names = [f"compliance.{name}" for name in MODULES]
    real = {name: sys.modules[name] for name in names}
    try:
        for name, full_name in zip(MODULES, names, strict=True):
            module = ModuleType(full_name)
            sys.modules[full_name] = module
            exec(compile(sources[name], full_name, "exec"), vars(module))
        return sys.modules["compliance.turnover"]
    finally:
        sys.modules.update(real)


def planted(fault: Fault) -> dict[str, str]:
    source = SOURCES[fault.module]
    assert source.count(fault.old) == 1, f"“{fault.old}” occurs {source.count(fault.old)} times in {fault.module}.py"
    return {**SOURCES, fault.module: source.replace(fault.old, fault.new)}


@functools.cache
def cases() -> list[tuple]:
    """Fixed random registers, and what the oracle says of them."""
    drawn = [worlds.random_case(random.Random(seed)) for seed in range(150)]
    return [(case, worlds.expected(*case)) for case in drawn]


def worked_examples() -> Iterator[Callable[[ModuleType], None]]:
    """The tests that take an engine, once for each set of their parameters."""
    for module in (test_turnover_figures, test_turnover_limits):
        for name, test in vars(module).items():
            if name.startswith("test_"):
                for arguments in parameters(test):
                    yield functools.partial(test, **arguments)


def parameters(test: Callable) -> Iterator[dict]:
    """The arguments that `pytest.mark.parametrize` gives a test."""
    choices = []
    for mark in getattr(test, "pytestmark", []):
        names = [mark.args[0]] if isinstance(mark.args[0], str) else list(mark.args[0])
        rows = [[values] if isinstance(mark.args[0], str) else values for values in mark.args[1]]
        choices.append([dict(zip(names, row, strict=True)) for row in rows])
    for chosen in itertools.product(*choices):
        yield {name: value for part in chosen for name, value in part.items()}


def objection(engine: ModuleType) -> str | None:
    """What the suite has against an engine; None when it is content."""
    with np.errstate(all="raise"):
        for example in worked_examples():
            try:
                example(engine)
            except (Exception, pytest.fail.Exception) as problem:
                return f"{example.func.__name__}: {problem!r}"
        for case, known in cases():
            try:
                difference = worlds.first_difference(engine, case, known)
            except Exception as problem:
                return repr(problem)
            if difference:
                return difference
    return None


def test_the_engine_as_it_is_has_no_objection_against_it():
    assert objection(turnover) is None
    assert objection(load(SOURCES)) is None


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_caught(fault):
    assert objection(load(planted(fault))) is not None


def test_faults_differ_by_name_and_by_what_they_do():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert len({fault[1:] for fault in FAULTS}) == len(FAULTS)


def comparisons(source: str) -> Iterator[tuple[int, int]]:
    """Where in the source the comparisons by order stand: their first and last character."""
    begins = [0, *itertools.accumulate(len(line) for line in source.splitlines(keepends=True))]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and any(
            isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops
        ):
            yield begins[node.lineno - 1] + node.col_offset, begins[node.end_lineno - 1] + node.end_col_offset


@pytest.mark.parametrize("module", MODULES)
def test_every_comparison_has_a_fault_of_its_own(module):
    source = SOURCES[module]
    snippets = [fault.old for fault in FAULTS if fault.module == module]
    snippets += [snippet for snippet in HARMLESS if snippet in source]
    spans = [(source.index(snippet), source.index(snippet) + len(snippet)) for snippet in snippets]
    bare = [
        source[first:last]
        for first, last in comparisons(source)
        if not any(begin < last and first < end for begin, end in spans)
    ]
    assert bare == []


def test_what_is_called_harmless_is_there():
    assert all(sum(snippet in source for source in SOURCES.values()) == 1 for snippet in HARMLESS)
