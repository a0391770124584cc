# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py demo`: install as a person would, make a delivery, ingest it by the console command, tell what happened."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from typing import Any

from . import sources, wheel
from .environments import Environment, install, prepare, program
from .places import BUILD, DEMO, ROOT, ChoreFailed, clean_environment, say

ENVIRONMENT = Environment("demo", ("numpy",), package=False)
DELIVERY = os.path.join(DEMO, "delivery")
PROJECT = os.path.join(DEMO, "project")
_INSTALLED = "ramses-plates-sources.txt"


def main(arguments: list[str]) -> int:
    """Everything from an empty machine to published plates. 0 = the ingest did what this delivery calls for."""
    if arguments:
        raise ChoreFailed("demo takes no arguments")
    _install_package()
    _make_delivery()
    command = _ingest_command()
    say(f"\n$ {_typed(command)}\n")
    # A Ramses that happens to run on this machine has nothing to do with make-believe shots.
    variables = clean_environment(RAMSES_PLATES_PORT="off")
    nobody, pipe = subprocess.DEVNULL, subprocess.PIPE
    done = subprocess.run([*command, "--json"], stdin=nobody, stdout=pipe, text=True, env=variables, check=False)
    # Exit code 1 is right: the delivery holds clips that must be refused.
    if done.returncode not in (0, 1) or not done.stdout:
        raise ChoreFailed(f"the ingest ended with {done.returncode}")
    document = json.loads(done.stdout)
    _show(document)
    return 0 if any(clip["status"] == "published" for clip in document["clips"]) else 1


def _install_package() -> None:
    seconds = prepare(ENVIRONMENT)
    stamp = os.path.join(ENVIRONMENT.folder, _INSTALLED)
    digest = _digest()
    if _text(stamp) != digest:
        say("installing Ramses Plates into .envs/demo ...")
        built = wheel.build(os.path.join(BUILD, "demo"))
        install(ENVIRONMENT, [built])
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
    maker = [ENVIRONMENT.executable, "-m", "tools.demo_delivery", DELIVERY]
    subprocess.run(maker, cwd=ROOT, stdin=subprocess.DEVNULL, env=clean_environment(), check=True)


def _ingest_command() -> list[str]:
    return [program(ENVIRONMENT, "ramses-plates"), "ingest", DELIVERY, "--root", PROJECT, "--project", "DEMO", "--yes"]


def _typed(command: list[str]) -> str:
    """The command as a person in the checkout would type it."""
    return " ".join(os.path.relpath(word, ROOT) if os.path.isabs(word) else word for word in command)


def _show(document: dict[str, Any]) -> None:
    clips = document["clips"]
    rows = [
        (clip["base"], clip["status"], _shot(clip), _text_of(clip, "frames"), clip["folder"] or "-") for clip in clips
    ]
    _table([("clip", "status", "shot", "frames", "folder below demo/project"), *rows])
    spoken = [clip for clip in clips if clip["findings"]]
    if spoken:
        say("\nWhat was found:")
        for clip in spoken:
            say(f"  {clip['base']}: {clip['status']}")
            for finding in clip["findings"]:
                say(f"    {finding['severity']}: {finding['message']} {finding['advice']}".rstrip())
    if document.get("ignored"):
        say("\nIgnored on purpose:")
        for entry in document["ignored"]:
            say(f"  {entry['path']}: {entry['reason']}")
    _show_what_next(document)


def _shot(clip: dict[str, Any]) -> str:
    names = [clip.get(key) for key in ("sequence", "shot", "resource")]
    return " ".join(name for name in names if name) or "-"


def _text_of(clip: dict[str, Any], key: str) -> str:
    value = clip.get(key)
    return "-" if value in (None, "") else str(value)


def _table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if number == 0:
            say("  ".join("-" * width for width in widths))


def _show_what_next(document: dict[str, Any]) -> None:
    command = os.path.relpath(program(ENVIRONMENT, "ramses-plates"), ROOT)
    project = os.path.relpath(PROJECT, ROOT)
    report = document.get("report")
    say()
    if report:
        say(f"The report of this run:   {os.path.relpath(os.path.join(PROJECT, report), ROOT)}")
    say("Read every byte again:    " + f"{command} verify {project}/05-SHOTS")
    say("Take the run back:        " + f"{command} undo {document['run']} --root {project}")
    say("Look at your own footage: " + f"{command} scan FOLDER")
    say("Plan it, touch nothing:   " + f"{command} ingest FOLDER --root PROJECT_FOLDER --project ID --dry-run")
