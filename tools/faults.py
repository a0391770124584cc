# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py faults`: everything that tries to lose data, and how much was tried, in build/faults/figures.json."""

from __future__ import annotations

import argparse
import collections
import datetime
import glob
import json
import os
import shutil
import time

from . import testing
from .places import BUILD, ROOT, say
from .suites import FAULTS_SUITE

FOLDER = os.path.join(BUILD, "faults")
FIGURES = os.path.join(FOLDER, "figures.json")
# The tests count into files of this folder, and try all points or some: see tests/support/fault_points.py.
COUNTS, POINTS = "RAMSES_PLATES_FIGURES", "RAMSES_PLATES_FAULTS"


def main(arguments: list[str]) -> int:
    """Run the suite whole and keep its figures. 0 = nothing was lost."""
    parser = argparse.ArgumentParser(prog="build.py faults", description="Try to lose data, in every way we know.")
    parser.add_argument("--points", default="full", help="full, or every:K[:OFFSET] for some of the kill points")
    parser.add_argument("--table", action="store_true", help="print the figures of the last run as a table and stop")
    options = parser.parse_args(arguments)
    if options.table:
        with open(FIGURES, encoding="utf-8") as file:
            say(table(json.load(file)))
        return 0
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    os.environ.update({COUNTS: FOLDER, POINTS: options.points})
    started = time.monotonic()
    code = testing.main([FAULTS_SUITE])
    figures = collect(FOLDER)
    figures["seconds"] = round(time.monotonic() - started)
    facts = {"date": _today(), "points": options.points, "passed": code == 0, "figures": figures}
    with open(FIGURES, "w", encoding="utf-8") as file:
        json.dump(facts, file, indent=1, sort_keys=True)
    say(f"\n{table(facts)}\n\nkept in {os.path.relpath(FIGURES, ROOT)}")
    return code


def collect(folder: str) -> dict[str, int]:
    """What all test processes counted, added up."""
    found: collections.Counter[str] = collections.Counter()
    for path in glob.glob(os.path.join(folder, "part-*.json")):
        with open(path, encoding="ascii") as file:
            found.update(json.load(file))
    return dict(found)


def table(facts: dict[str, object]) -> str:
    """The figures in Markdown."""
    figures = facts["figures"]
    assert isinstance(figures, dict)
    rows = [f"| {name} | {count:,} |" for name, count in sorted(figures.items())]
    verdict = "passed" if facts["passed"] else "FAILED"
    return "\n".join([f"| {facts['date']}, {facts['points']}, {verdict} | tried |", "|---|---:|", *rows])


def _today() -> str:
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()
