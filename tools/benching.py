# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py bench`: every bench in a process of its own, the results kept in bench/RESULTS.md."""

from __future__ import annotations

import argparse
import datetime
import glob
import json
import os
import platform
import subprocess
import sys

from .environments import Environment, prepare
from .places import ROOT, ChoreFailed, clean_environment, say
from .suites import BLENDER, CORE, PICTURES

sys.path.insert(0, os.path.join(ROOT, "bench"))
import measure

BENCHES = os.path.join(ROOT, "bench")
# What a bench measures beside our own code may need more than the core's environment.
_NEEDS = {"pictures": PICTURES, "blender": BLENDER}
RESULTS = os.path.join(BENCHES, "RESULTS.md")


def main(arguments: list[str]) -> int:
    """Run the benches. 0 = every mark reached; a quick run only shows that the benches work, and keeps no results."""
    parser = argparse.ArgumentParser(prog="build.py bench", description="Measure against the limits, in ratios.")
    parser.add_argument("name", nargs="*", help="benches, such as scan (default: all)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work; prints, and keeps nothing")
    options = parser.parse_args(arguments)
    known = names()
    unknown = [name for name in options.name if name not in known]
    if unknown:
        raise ChoreFailed(f"no bench is called {', '.join(unknown)}", f"there are {', '.join(known)}")
    results = {}
    for name in options.name or known:
        prepare(environment(name))
        results[name] = run(name, options.quick)
        say(f"\n## {name}\n\n{measure.table(results[name])}\n")
    if not options.quick:
        keep(results)
    if options.quick:
        say("The marks are meant for the full work.")
        return 0
    missed = [row.work for rows in results.values() for row in rows if row.ok is False]
    for work in missed:
        say(f"missed: {work}")
    return 1 if missed else 0


def names() -> list[str]:
    """The benches there are: bench/bench_NAME.py."""
    paths = glob.glob(os.path.join(BENCHES, "bench_*.py"))
    return sorted(os.path.basename(path)[len("bench_") : -len(".py")] for path in paths)


def environment(name: str) -> Environment:
    """What a bench runs in."""
    return _NEEDS.get(name, CORE)


def run(name: str, quick: bool) -> list[measure.Row]:
    """The rows of one bench, measured in a fresh process."""
    say(f"bench {name} ...")
    command = [
        environment(name).executable,
        os.path.join(BENCHES, f"bench_{name}.py"),
        "--json",
        *(["--small"] if quick else []),
    ]
    variables = clean_environment(RAMSES_PLATES_PORT="off")
    nobody, pipe = subprocess.DEVNULL, subprocess.PIPE
    done = subprocess.run(command, stdin=nobody, stdout=pipe, text=True, cwd=ROOT, env=variables, check=False)
    # 1 means that a mark was missed: the rows say which.
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise ChoreFailed(f"bench {name} broke off with {done.returncode}")
    return [measure.Row(**row) for row in json.loads(done.stdout)]


def keep(results: dict[str, list[measure.Row]]) -> None:
    """Write the results; the sections of benches that did not run this time stay as they are."""
    sections = {**_kept(), **{name: f"{_facts(name)}\n\n{measure.table(rows)}" for name, rows in results.items()}}
    text = [_INTRODUCTION, *(f"## {name}\n\n{sections[name]}\n" for name in sorted(sections) if name in names())]
    with open(RESULTS, "w", encoding="utf-8") as file:
        file.write("\n".join(text))
    say(f"kept in {os.path.relpath(RESULTS, ROOT)}")


_INTRODUCTION = """# Results

Written by `python3 build.py bench`. Each line is a ratio of two medians that were measured in turns in one run: seconds
of one machine mean nothing on the next, ratios do. *limit* is what the work is held against, *reach* the mark.
"""


def _kept() -> dict[str, str]:
    try:
        with open(RESULTS, encoding="utf-8") as file:
            parts = file.read().split("\n## ")[1:]
    except OSError:
        return {}
    return {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in parts}


def _facts(name: str) -> str:
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{today}, {machine}, Python {_python(name)}"


def _python(name: str) -> str:
    code = "import platform; print(platform.python_version())"
    return subprocess.run(
        [environment(name).executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
