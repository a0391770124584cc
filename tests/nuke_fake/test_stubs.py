# SPDX-License-Identifier: GPL-3.0-or-later
"""The fake beside the published types of Nuke's module: no name and no parameter that the real one does not have."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

# Not in the types, which were made from Nuke 13.2, and where each is known from.
ELSEWHERE = {
    "nodes": "Nuke's own documentation: `nuke.nodes.Read()`",
    "env": "Nuke's own documentation: `nuke.env['gui']`",
}


def stubs() -> tuple[dict[str, ast.ClassDef], dict[str, list[ast.FunctionDef]], set[str]]:
    """(classes, functions by name with all their overloads, every name) of the published types."""
    classes: dict[str, ast.ClassDef] = {}
    functions: dict[str, list[ast.FunctionDef]] = {}
    names: set[str] = set()
    for file in metadata.files("types-nuke") or ():
        if file.suffix != ".pyi":
            continue
        for node in ast.parse(Path(str(file.locate())).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                classes[node.name] = node
            elif isinstance(node, ast.FunctionDef):
                functions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names.add(node.target.id)
    return classes, functions, names | set(classes) | set(functions)


CLASSES, FUNCTIONS, NAMES = stubs()


def parameters(definition: ast.FunctionDef) -> list[str] | None:
    """The names in their order without self; None where the types say `*args`."""
    if definition.args.vararg is not None:
        return None
    return [one.arg for one in [*definition.args.posonlyargs, *definition.args.args] if one.arg not in ("self", "cls")]


def methods(name: str) -> dict[str, list[ast.FunctionDef]]:
    """The methods of a class and of all that it stands on."""
    found: dict[str, list[ast.FunctionDef]] = {}
    definition = CLASSES[name]
    for base in definition.bases:
        if isinstance(base, ast.Name) and base.id in CLASSES:
            found.update(methods(base.id))
    own: dict[str, list[ast.FunctionDef]] = {}
    for node in definition.body:
        if isinstance(node, ast.FunctionDef):
            own.setdefault(node.name, []).append(node)
    return found | own


def fits(ours: Any, theirs: list[ast.FunctionDef]) -> bool:
    """True where our parameters are, by name and order, the first ones of one of their forms."""
    mine = [name for name in inspect.signature(ours).parameters if name != "self"]
    forms = [parameters(one) for one in theirs]
    return any(form is None or mine == form[: len(mine)] for form in forms)


def test_the_types_are_there() -> None:
    assert len(CLASSES) > 90 and len(FUNCTIONS) > 150


def test_every_public_name_is_one_of_nuke(nuke: Any) -> None:
    assert sorted(set(nuke.__all__) - NAMES - set(ELSEWHERE)) == []
    public = {
        name for name in vars(nuke) if not name.startswith("_") and name not in ("annotations", "os", "Any", "Callable")
    }
    assert public - set(nuke.__all__) == set()


def test_functions_take_what_nuke_takes(nuke: Any) -> None:
    ours = [name for name in nuke.__all__ if name in FUNCTIONS]
    assert len(ours) > 35
    assert [name for name in ours if not fits(getattr(nuke, name), FUNCTIONS[name])] == []


def public_methods(kind: type) -> list[tuple[str, Any]]:
    return [(name, member) for name, member in inspect.getmembers(kind, callable) if not name.startswith("_")]


def test_methods_are_those_of_nuke(nuke: Any) -> None:
    wrong = []
    classes = [name for name in nuke.__all__ if inspect.isclass(getattr(nuke, name))]
    assert len(classes) > 20
    for name in classes:
        known = methods(name)
        for method, ours in public_methods(getattr(nuke, name)):
            if method not in known or not fits(ours, known[method]):
                wrong.append(f"{name}.{method}{inspect.signature(ours)}")
    assert wrong == []


def test_the_plug_in_asks_for_nothing_else() -> None:
    """Also where no test of ours comes by."""
    home = Path(__file__).parents[2] / "hosts" / "nuke"
    asked = {
        name
        for path in home.glob("*.py")
        for name in re.findall(r"\b(?:nuke\(\)|host)\.(?!Host)([a-zA-Z]\w*)", path.read_text())
    }
    assert len(asked) > 25
    assert sorted(asked - NAMES - set(ELSEWHERE)) == []


@pytest.mark.parametrize("name", ["creatNode", "Readd", "scriptsave"])
def test_a_name_that_nuke_does_not_have_would_be_found(name: str) -> None:
    assert name not in NAMES
