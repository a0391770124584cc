# SPDX-License-Identifier: GPL-3.0-or-later
"""`ramses-plates`: one command, one verb per job. Exit 0 = all is well, 1 = something was refused, 2 = wrong usage."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any, Protocol, cast

from ... import __version__
from ...core.errors import Cancelled, PlatesError
from ...core.events import Cancel
from .output import REFUSED, USAGE, printable, say, schema, write_json

# verb -> module beside this one; each offers `add(parser)` and `run(arguments, cancel) -> exit code`.
VERBS = {
    "scan": "find",
    "probe": "find",
    "identify": "names",
    "rules": "names",
    "editorial": "editorial",
    "ingest": "ingest",
    "versions": "published",
    "verify": "published",
    "undo": "published",
    "trash": "trash",
    "report": "report",
    "preview": "preview",
    "status": "ramses",
    "sync": "ramses",
    "gui": "gui",
}
SUMMARIES = {
    "scan": "list the clips of a delivery",
    "probe": "list the clips with their technical facts",
    "identify": "tell sequence, shot, step and resource from names",
    "rules": "check a rules file, or infer a rule from examples",
    "editorial": "read an edit; compare it with a delivery or a project",
    "ingest": "publish a delivery into a Ramses project",
    "versions": "list what is published",
    "verify": "re-read published versions against their manifests",
    "undo": "move the versions of a run to the project's trash",
    "trash": "list, restore or delete what was undone",
    "preview": "make pictures of published versions",
    "report": "make a page of what is published, to read or to send",
    "status": "show Ramses, the outbox, the cache and the tools found",
    "sync": "deliver waiting registrations to Ramses",
    "gui": "ingest and look up plates in a window",
}


class VerbModule(Protocol):
    """What a verb's module offers."""

    def add(self, verb: str, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace, cancel: Cancel) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. Returns the exit code; errors are one sentence on stderr (and a document with --json)."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser, verbs = _parser(words)
    arguments = parser.parse_args(words)
    if arguments.verb is None:
        parser.print_help()
        return USAGE
    cancel = Cancel()
    _stop_on_signals(cancel)
    try:
        return verbs[arguments.verb].run(arguments, cancel)
    except Cancelled as error:
        return _fail(arguments, error)
    except PlatesError as error:
        return _fail(arguments, error)
    except BrokenPipeError:
        return REFUSED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(arguments, PlatesError(f"{where}{error.strerror or error}."))


def _parser(words: Sequence[str]) -> tuple[argparse.ArgumentParser, dict[str, VerbModule]]:
    """The parser; only the module of the verb that is asked for is imported, so that start-up stays quick."""
    parser = argparse.ArgumentParser(
        prog="ramses-plates", description="Film plates into the Ramses production manager.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"ramses-plates {__version__}")
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB")
    wanted = next((word for word in words if word in VERBS), None)
    loaded: dict[str, VerbModule] = {}
    for verb, module in VERBS.items():
        sub = subparsers.add_parser(verb, help=SUMMARIES[verb], description=SUMMARIES[verb], allow_abbrev=False)
        if verb == wanted:
            loaded[verb] = cast(VerbModule, importlib.import_module(f".{module}", __package__))
            loaded[verb].add(verb, sub)
    return parser, loaded


def _stop_on_signals(cancel: Cancel) -> None:
    """The first Ctrl-C (or SIGTERM) asks for a clean stop, the second one ends the process the ordinary way."""

    def stop(number: int, _frame: FrameType | None) -> None:
        if not cancel.is_set:
            say("Stopping; press again to end at once.", sys.stderr)
        cancel.set()
        signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.default_int_handler)

    try:
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
    except ValueError:
        return  # not the main thread: whoever calls us there has its own way to stop


def _fail(arguments: argparse.Namespace, error: PlatesError) -> int:
    say(f"ramses-plates: {printable(str(error))}", sys.stderr)
    if getattr(arguments, "json", False):
        document: dict[str, Any] = {"schema": schema(arguments.verb), "error": str(error)}
        if error.path is not None:
            document["path"] = error.path
        write_json(document)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
