# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages point at and speak of exists."""

from __future__ import annotations

import argparse
import importlib
import re
from pathlib import Path

from ramses_plates.hosts.cli.main import VERBS

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_every_link_inside_the_project_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert pages
    broken = []
    for page in pages:
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken


def option_names(parser: argparse.ArgumentParser) -> set[str]:
    """All options of a parser and of the parsers below it."""
    names = {name for action in parser._actions for name in action.option_strings}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            names = names.union(*(option_names(below) for below in action.choices.values()))
    return names


def test_the_readme_names_only_verbs_and_options_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    options = {"--help", "--fault"}  # every verb's, and the test daemon's
    for verb, module in VERBS.items():
        parser = argparse.ArgumentParser()
        importlib.import_module(f"ramses_plates.hosts.cli.{module}").add(verb, parser)
        options |= option_names(parser)
    assert not set(re.findall(r"--[a-z][a-z-]*", text)) - options
    assert not set(re.findall(r"ramses-plates ([a-z]+)", text)) - set(VERBS)
