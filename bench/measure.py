# SPDX-License-Identifier: GPL-3.0-or-later
"""What all benches share: medians of interleaved runs, and rows that hold our figure against a limit.

A bench is a script `bench_<room>.py` with `run(quick: bool) -> list[Row]`; it ends with
`sys.exit(main(__doc__, run))`. Seconds of one machine mean nothing on the next, ratios of one run do, so every row
is a ratio of two medians that were measured in turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of the results: `ours` and `limit` in `unit`, their ratio, the mark it has to reach, whether it does.

    `ok` is None for a row that is shown beside the others without a mark of its own.
    """

    work: str
    ours: float
    limit: float
    ratio: float
    reach: str
    ok: bool | None
    unit: str = "s"


def at_most(work: str, ours: float, limit: float, factor: float, unit: str = "s") -> Row:
    """We may take `factor` times what the limit takes."""
    ratio = ours / limit
    return Row(work, ours, limit, ratio, f"<= {factor:g}", ratio <= factor, unit)


def at_least(work: str, ours: float, other: float, factor: float, unit: str = "s") -> Row:
    """The other has to take `factor` times what we take."""
    ratio = other / ours
    return Row(work, ours, other, ratio, f">= {factor:g}", ratio >= factor, unit)


def beside(row: Row) -> Row:
    """The row without a mark: shown, not judged."""
    return Row(row.work, row.ours, row.limit, row.ratio, "", None, row.unit)


def medians(actions: Mapping[str, Callable[[], object]], rounds: int, warm: int = 1) -> dict[str, float]:
    """Median seconds per action. The actions take turns, so that a busy moment of the machine hits all of them.

    `warm` rounds before are not counted.
    """
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(-warm, rounds):
        for name, action in actions.items():
            started = time.perf_counter()
            action()
            if turn >= 0:
                taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(times) for name, times in taken.items()}


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| work | ours | limit | ratio | reach | verdict |", "|---|---|---|---|---|---|"]
    for row in rows:
        verdict = "beside" if row.ok is None else "reached" if row.ok else "**missed**"
        figures = f"{_figure(row.ours, row.unit)} | {_figure(row.limit, row.unit)} | {row.ratio:.2f}"
        lines.append(f"| {row.work} | {figures} | {row.reach} | {verdict} |")
    return "\n".join(lines)


def main(about: str | None, run: Callable[[bool], list[Row]], arguments: list[str] | None = None) -> int:
    """The command line of a bench: 0 when every mark is reached, else 1."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a tenth of the work, to see that the bench runs")
    parser.add_argument("--json", action="store_true", help="the rows as JSON")
    options = parser.parse_args(arguments)
    rows = run(options.small)
    document: list[dict[str, Any]] = [asdict(row) for row in rows]
    print(json.dumps(document, indent=1) if options.json else table(rows))
    return 0 if all(row.ok is not False for row in rows) else 1


def progress(text: str) -> None:
    """A line for whoever waits, kept out of the results."""
    print(text, file=sys.stderr, flush=True)


def _figure(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:,.1f} {unit}"
    for factor, name in ((1, "s"), (1e3, "ms")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {name}"
    return f"{value * 1e6:.3g} µs"
