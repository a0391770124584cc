# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py test`: every suite in its own environment, one honest answer at the end."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import time

from . import results, suites
from .environments import interpreter, prepare
from .places import RESULTS, ROOT, ChoreFailed, clean_environment, say
from .results import Outcome
from .suites import Suite

NOT_RUN = os.path.join(RESULTS, "not-run.txt")
_ONE_TEST_SECONDS = 300


def main(arguments: list[str]) -> int:
    """Run the named suites, or all that run always. 0 = everything that could run passed."""
    options, for_pytest = _parse(arguments)
    if options.table:
        say(suites.table())
        return 0
    known = list(suites.present())
    chosen = _choose(known, options.suite)
    shutil.rmtree(RESULTS, ignore_errors=True)
    os.makedirs(RESULTS)
    outcomes: list[Outcome] = []
    not_run: list[str] = []
    for suite in chosen:
        reason = _cannot_run(suite)
        if reason:
            not_run.append(f"{suite.name}: {reason}")
        else:
            outcomes.append(_run(suite, known, for_pytest))
    return _close(outcomes, not_run)


def _parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(prog="build.py test", description="Run the test suites, each in its environment.")
    parser.add_argument("suite", nargs="*", help="a suite's name (default: all but those that run only when named)")
    parser.add_argument("--table", action="store_true", help="print the table of suites and stop")
    parser.epilog = "What follows -- goes to pytest: build.py test core -- -k scan"
    return parser.parse_args(arguments[:cut]), arguments[cut + 1 :]


def _choose(known: list[Suite], names: list[str]) -> list[Suite]:
    if not names:
        return [suite for suite in known if not suite.on_demand]
    by_name = {suite.name: suite for suite in known}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ChoreFailed(f"no suite is called {', '.join(unknown)}", f"there are {', '.join(by_name)}")
    return [by_name[name] for name in names]


def _cannot_run(suite: Suite) -> str:
    """Why this machine cannot run the suite and what to install; "" where it can."""
    try:
        interpreter(suite.environment)
    except ChoreFailed as error:
        return f"{error}: {error.advice}"
    missing = suite.missing_programs
    return f"install {', '.join(missing)} with the system's package manager" if missing else ""


def _run(suite: Suite, known: list[Suite], for_pytest: list[str]) -> Outcome:
    say(f"\n=== {suite.name}: {suite.about} (Python {suite.python})")
    try:
        seconds = prepare(suite.environment)
    except ChoreFailed as error:
        say(f"{error}\n{error.advice}")
        return Outcome(suite.name, failed=1, trouble=(f"its environment could not be made; {error.advice}",))
    if seconds:
        say(f"environment made in {seconds:.0f} s")
    report = os.path.join(RESULTS, f"{suite.name}.xml")
    started = time.monotonic()
    exit_code = _pytest(suite, known, report, for_pytest)
    say(f"{suite.name} took {time.monotonic() - started:.0f} s")
    return results.read(suite.name, report, exit_code)


def _pytest(suite: Suite, known: list[Suite], report: str, for_pytest: list[str]) -> int | None:
    """Run pytest in its own process group, so that a run out of time leaves nothing behind. None = out of time."""
    command = [suite.environment.executable, "-m", "pytest", "-q", f"--junit-xml={report}", "-o", "junit_family=xunit2"]
    command += [f"--timeout={_ONE_TEST_SECONDS}", *(["-n", str(suite.workers)] if suite.workers else [])]
    command += ["-o", f"cache_dir=build/pytest-{suite.name}", *suite.targets(known), *for_pytest]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        env=clean_environment(**suite.variables),
        start_new_session=os.name != "nt",
    )
    try:
        return process.wait(timeout=suite.minutes * 60)
    except subprocess.TimeoutExpired:
        _end(process)
        return None
    except KeyboardInterrupt:
        _end(process)
        raise


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "nt":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _close(outcomes: list[Outcome], not_run: list[str]) -> int:
    say()
    width = max((len(outcome.suite) for outcome in outcomes), default=0)
    for outcome in outcomes:
        verdict = "FAILED" if outcome.trouble else "ok"
        counts = f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped"
        say(f"  {outcome.suite:{width}}  {verdict:6}  {counts}")
        for sentence in outcome.trouble:
            say(f"  {'':{width}}          {sentence}")
    if not_run:
        say("\nThis machine could not run:")
        for line in not_run:
            say(f"  {line}")
    with open(NOT_RUN, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in not_run)
    say()
    say(results.closing_line(outcomes))
    return 0 if outcomes and not any(outcome.trouble for outcome in outcomes) else 1
