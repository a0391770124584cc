# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/promises.md: every promise stands there once, and the tests that it names exist and test something."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "promises.md"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
LINK = re.compile(r"\]\(\.\./(tests/[^)]+)\)")
TEST = re.compile(r"^( {4})?def test_|^Test\w+ = ", re.MULTILINE)
MARKS = ("<!-- figures -->", "<!-- end of figures -->")


def test_the_nineteen_promises_each_in_a_sentence_with_a_test() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert [int(number) for number, _promise, _tests in rows] == list(range(1, 20))
    for number, promise, tests in rows:
        assert promise.endswith(".") and LINK.search(tests), number


def test_every_test_that_is_named_exists_and_tests() -> None:
    named = set(LINK.findall(PAGE.read_text(encoding="utf-8")))
    assert named
    for name in named:
        path = ROOT / name
        assert path.is_file(), name
        assert TEST.search(path.read_text(encoding="utf-8")), f"{name} holds no test"


def test_the_place_of_the_figures() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [text.count(mark) for mark in MARKS] == [1, 1]
    between = text[text.index(MARKS[0]) + len(MARKS[0]) : text.index(MARKS[1])]
    assert re.match(r"\| .+ \| tried \|\n\|---\|---:\|", between.strip())


def test_what_is_not_promised_is_said() -> None:
    text = PAGE.read_text(encoding="utf-8")
    part = text[text.index("## What is not promised") : text.index("## Figures")]
    for word in ("reflink", "lies about flushing", "NFS", "no delete", "Pixels"):
        assert word in part
