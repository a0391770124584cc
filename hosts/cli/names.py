# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs `identify` and `rules`: what names say, and how naming rules are made and checked."""

from __future__ import annotations

import argparse
import json
from typing import Any

from ...core.errors import RuleError
from ...core.events import Cancel
from ...core.identify import identify_document
from ...core.infer import infer, infer_document, read_examples
from ...core.rules import BUILTIN, check_document, load_rules
from .options import add_output
from .output import OK, REFUSED, printable, say, schema, table, write_json

_LARGEST = 4 << 20


def add(verb: str, parser: argparse.ArgumentParser) -> None:
    """Options of both verbs."""
    if verb == "identify":
        parser.add_argument("names", nargs="+", metavar="NAME", help="clip names without frame and extension")
        parser.add_argument("--parent", default="", metavar="DIR", help="the folder that the clips lie in")
        parser.add_argument("--rules", metavar="FILE", help="a rules file; without it the built-in rules")
        add_output(parser)
        return
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    infer = actions.add_parser("infer", help="infer a rule from marked examples", allow_abbrev=False)
    infer.add_argument("--examples", required=True, metavar="FILE", help="JSON: examples, annotations, negatives")
    add_output(infer)
    check = actions.add_parser("check", help="check a rules file", allow_abbrev=False)
    check.add_argument("file", metavar="FILE")
    add_output(check)


def run(arguments: argparse.Namespace, cancel: Cancel) -> int:
    """Answer at once; nothing here takes long."""
    cancel.check()
    if arguments.verb == "identify":
        return _identify(arguments)
    if arguments.action == "check":
        document = {**check_document(arguments.file), "schema": schema("rules")}
        bad = any(finding["severity"] == "error" for finding in document["findings"])
        _answer(
            arguments, document, [f"{f['severity']}: {f['message']}" for f in document["findings"]] or ["No faults."]
        )
        return REFUSED if bad else OK
    examples, negative = read_examples(_examples(arguments.examples))
    document = {**infer_document(infer(examples, negative), examples, negative), "schema": schema("rules")}
    _answer(arguments, document, [f"pattern: {document['rule']['pattern']}"])
    return OK


def _identify(arguments: argparse.Namespace) -> int:
    rules = load_rules(arguments.rules) if arguments.rules else BUILTIN
    document = identify_document(arguments.names, arguments.parent, rules)
    if arguments.json:
        write_json(document)
    else:
        keys = ("name", "sequence", "shot", "step", "resource", "version", "rule")
        rows = [[str(entry[key] if entry[key] is not None else "-") for key in keys] for entry in document["names"]]
        say(table(rows, keys))
    return OK if all(entry["matched"] for entry in document["names"]) else REFUSED


def _examples(path: str) -> dict[str, Any]:
    advice = "Write examples and annotations as docs/rules.md shows."
    try:
        with open(path, encoding="utf-8-sig") as file:
            document = json.loads(file.read(_LARGEST))
    except OSError as error:
        raise RuleError(f"cannot be read: {error.strerror}.", path) from error
    except (ValueError, RecursionError) as error:
        raise RuleError(f"is not JSON: {error}.", path, advice) from error
    if not isinstance(document, dict):
        raise RuleError("must hold one JSON object.", path, advice)
    return document


def _answer(arguments: argparse.Namespace, document: dict[str, Any], lines: list[str]) -> None:
    if arguments.json:
        write_json(document)
        return
    for line in lines:
        say(printable(line))
