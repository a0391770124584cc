# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py demo`: install as a person would, make a delivery, ingest it by the console command, tell what happened."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess

from . import sources, wheel
from .environments import Environment, install, prepare, program
from .places import BUILD, DEMO, ROOT, ChoreFailed, clean_environment, say

ENVIRONMENT = Environment("demo", ("numpy",), package=False)
DELIVERY = os.path.join(DEMO, "delivery")
PROJECT = os.path.join(DEMO, "project")
EDIT = os.path.join(DEMO, "reel_1.edl")
_INSTALLED = "ramses-plates-sources.txt"


def main(arguments: list[str]) -> int:
    """Everything from an empty machine to published plates. 0 = the ingest did what this delivery calls for."""
    if arguments:
        raise ChoreFailed("demo takes no arguments")
    _install_package()
    _make_delivery()
    _call("scan", DELIVERY)
    project = ("--root", PROJECT, "--project", "DEMO", "--project-rate", "24")
    said = _call("ingest", DELIVERY, *project, "--edl", EDIT, "--yes")
    published = _published()
    run = re.search(r"^Run (\S+?):", said, re.MULTILINE)
    if not published or run is None:
        raise ChoreFailed("the ingest published nothing")
    say(f"\n{len(published)} versions were published, each a folder that is complete and verified:")
    for folder in published:
        say(f"  {_short(folder)}")
    _say_where_the_page_is(said)
    _say_what_next(run[1])
    return 0


def _install_package() -> None:
    seconds = prepare(ENVIRONMENT)
    stamp = os.path.join(ENVIRONMENT.folder, _INSTALLED)
    digest = _digest()
    if _text(stamp) != digest:
        say("installing Ramses Plates into .envs/demo ...")
        built = wheel.build(os.path.join(BUILD, "demo"))
        install(ENVIRONMENT, [f"{built}[pictures]"])
        # The version number is the same while the sources change, so pip has to be told.
        install(ENVIRONMENT, ["--force-reinstall", "--no-deps", built])
        with open(stamp, "w", encoding="ascii") as file:
            file.write(digest)
    if seconds:
        say("(the environment is kept: the next demo starts at once)")


def _digest() -> str:
    """One hash over everything that the wheel is built from."""
    hashed = hashlib.sha256()
    for path in sources.files():
        with open(path, "rb") as file:
            hashed.update(os.path.relpath(path, ROOT).encode() + b"\0" + file.read())
    return hashed.hexdigest()


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


def _make_delivery() -> None:
    say("making a delivery in demo/delivery and an empty Ramses project in demo/project ...")
    for folder in (DELIVERY, PROJECT):
        shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(PROJECT, "05-SHOTS"))
    maker = [ENVIRONMENT.executable, "-m", "tools.demo_delivery", DELIVERY, EDIT]
    subprocess.run(maker, cwd=ROOT, stdin=subprocess.DEVNULL, env=clean_environment(), check=True)


def _call(*words: str) -> str:
    """Run the console command where everybody can see what is typed and what it says; returns what it said."""
    command = [program(ENVIRONMENT, "ramses-plates"), *words]
    say(f"\n$ {' '.join(_short(word) for word in command)}\n")
    # A Ramses that happens to run on this machine has nothing to do with make-believe shots.
    variables = clean_environment(RAMSES_PLATES_PORT="off", PYTHONIOENCODING="utf-8")
    nobody, pipe = subprocess.DEVNULL, subprocess.PIPE
    done = subprocess.run(
        command, stdin=nobody, stdout=pipe, cwd=ROOT, env=variables, text=True, encoding="utf-8", check=False
    )
    say(done.stdout.rstrip())
    # 1 is the right answer of this ingest: the delivery holds clips that must be refused.
    if done.returncode not in (0, 1):
        raise ChoreFailed(f"ramses-plates {words[0]} ended with {done.returncode}")
    return done.stdout


def _short(word: str) -> str:
    """A path as a person in the checkout would type it; other words as they are."""
    return os.path.relpath(word, ROOT) if os.path.isabs(word) else word


def _published() -> list[str]:
    """The folders of all complete versions."""
    return sorted(folder for folder, _below, names in os.walk(PROJECT) if ".ramses_complete" in names)


def _say_where_the_page_is(said: str) -> None:
    """What the ingest printed last, where nobody overlooks it. Raises ChoreFailed where no page was written."""
    page = re.search(r"^Report: (.+)$", said, re.MULTILINE)
    if page is None:
        raise ChoreFailed("the ingest wrote no report")
    say(f"\nLook at it: open this page in a browser\n  {_short(page[1])}")


def _say_what_next(run: str) -> None:
    command, project = _short(program(ENVIRONMENT, "ramses-plates")), _short(PROJECT)
    say("\nTry next:")
    for about, typed in (
        ("read every published byte again", f"{command} verify {project}/05-SHOTS"),
        ("see what is published", f"{command} versions --root {project}"),
        ("make proxy movies", f"{command} preview {project} --proxy --burn-in"),
        ("make a page to send to a client", f"{command} report --root {project} --client"),
        ("take the run back", f"{command} undo {run} --root {project}"),
        ("look at your own footage", f"{command} scan FOLDER"),
        ("plan it, and touch nothing", f"{command} ingest FOLDER --root PROJECT_FOLDER --project ID --dry-run"),
    ):
        say(f"  {about + ':':33} {typed}")
