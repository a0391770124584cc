# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns that could run for minutes are refused before they run, ordinary ones are not."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core.errors import RuleError
from ramses_plates.core.regex_cost import LONGEST, pattern_cost
from ramses_plates.core.rule import Rule

RUNAWAY = [
    r"(a+)+$",
    r"(a|a)*b",
    r"(a|ab|b)*c",
    r"(?:\w+_)+x",
    r"(\d+\w*)*x",
    r"(?:[A-Za-z]+\d*)+$",
    r"(x+x+)+y",
    r"([a-z]+)*\1$",
    r"(.{1,5}){1,30}z",
    r"((a?){20})(a{20})",
    r"(a?){30}a{30}",
    "a?" * 30 + "a" * 30,
    r"(?:a(?:c|c))*d",
    r"(\w*){1,12}x",
    r"\w+" * 12 + "x",
    r"(?=(a+)+$)a",
    r"^(?:(?:a|a)b?)*$",
]


@pytest.mark.parametrize("pattern", RUNAWAY)
def test_runaway_patterns_are_refused(pattern: str) -> None:
    assert pattern_cost(pattern)[0]
    with pytest.raises(RuleError, match="could take minutes"):
        Rule(pattern)


WORDS = "plate|plates|comp|roto|paint|prep|layout|anim|fx|light|lighting|ref|bg|fg|matte|clean"
ORDINARY = [
    r"(?P<sequence>[A-Za-z]*\d+)[_-](?P<shot>[A-Za-z]*\d+)",
    r"(?P<project>[A-Z]+)_(?P<sequence>\d+)_(?P<shot>\d+)_(?P<step>[A-Za-z]+)(?:_(?P<resource>[A-Z]+))?_v(?P<version>\d+)",
    r"^(?:[A-Z]+_)+(?P<shot>SH\d+)",
    r"^(?:[A-Za-z]+\d+[_-])*(?P<shot>\d+)$",
    r"^(?:(?:ab)+c)+(?P<shot>x)",
    r"(?P<shot>\w+)_(?P<version>v\w+)",
    rf"(?P<shot>[A-Z]+\d+)_(?P<step>{WORDS})_(?P<resource>{WORDS})",
    r"(?P<shot>(?:SH|SQ|SEQ)\d{3,4}[A-Z]?)(?:_v(?P<version>\d{2,4}))?",
    r"^[^_]+_[^_]+_(?P<shot>[^_]+)_[^_]+$",
    r"(?<![A-Z])(?P<shot>SH\d+)(?![0-9])",
    r"(?P<shot>.+)",
    r".*SH(?P<shot>\d+).*",
    r"(?P<shot>\w+)(?:_(?P<step>\w+))?(?:_v(?P<version>\d+))?.*",
    "",
]


@pytest.mark.parametrize("pattern", ORDINARY)
def test_ordinary_patterns_are_fine(pattern: str) -> None:
    problem, longest = pattern_cost(pattern)
    assert problem == ""
    assert longest >= 200


def test_greedy_patterns_work_on_ordinary_names_only() -> None:
    problem, longest = pattern_cost(r".*_(?P<sequence>\d+)_.*_(?P<shot>\d+)_.*")
    assert problem == "" and 60 <= longest < LONGEST


@given(st.recursive(
    st.sampled_from(["a", "b", "_", "1", r"\w", r"\d", "[ab]", "[^_]", "."]),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner.map("(?:{})".format), st.sampled_from(["*", "+", "?", "{1,3}", "{1,12}", "*?"])),
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
    ),
    max_leaves=8,
), st.sampled_from(["a", "ab", "1", "_", "a_", "ab1_"]), st.sampled_from(["", "$", "x", "(?!.)"]))  # fmt: skip
@settings(max_examples=200)
def test_what_is_accepted_answers_in_time(pattern: str, text: str, end: str) -> None:
    pattern += end
    problem, longest = pattern_cost(pattern)
    if problem:
        return
    start = time.process_time()
    re.search(pattern, (text * LONGEST)[: longest - 1] + "!", re.IGNORECASE)
    assert time.process_time() - start < 10.0  # below one second here; a runaway search would never end
