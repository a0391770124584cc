# SPDX-License-Identifier: GPL-3.0-or-later
"""The grammar of ids, resources and states, and the proposals for those that fail."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core.errors import NameRefused
from ramses_plates.core.ids import (
    DEFAULT_STATES,
    check_id,
    check_resource,
    check_state,
    is_version_like,
    propose_id,
    propose_resource,
)


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("SH_010", "SH010"),
        ("SH.010", "SH010"),
        ("SH 010", "SH010"),
        ("010_0020", "010-0020"),
        ("MY_PROJ", "MY-PROJ"),
        ("V010", "V-010"),
        ("OK010", "OK-010"),
        ("wip2", "wip-2"),
        ("pub3", "pub-3"),
        ("SEQUENCE010", "SEQUENC010"),
        ("SHOT0010LONG", "SH0010LONG"),
        ("séq010", "seq010"),
        ("../../../etc", "etc"),
        ("", None),
        ("___", None),
        ("日本", None),
    ],
)
def test_proposals(text: str, proposal: str | None) -> None:
    assert propose_id(text) == proposal


def test_the_refusal_says_why_and_what_instead() -> None:
    with pytest.raises(NameRefused) as caught:
        check_id("shot", "SH_010")
    assert str(caught.value) == '"SH_010" cannot be a Ramses shot id: "_" is not allowed. Use "SH010" instead.'
    with pytest.raises(NameRefused, match="11 characters"):
        check_id("sequence", "SEQUENCE010")
    with pytest.raises(NameRefused, match="looks like a version"):
        check_id("shot", "v012")
    with pytest.raises(NameRefused, match="empty"):
        check_id("project", "  ")


def test_blanks_around_an_id_are_dropped() -> None:
    assert check_id("shot", " SH010\t") == "SH010"


def test_states_of_the_project_count() -> None:
    assert check_id("shot", "CHECK010", DEFAULT_STATES) == "CHECK010"
    with pytest.raises(NameRefused):
        check_id("shot", "check010", ["CHECK"])
    assert check_id("shot", "WIP2", ["CHECK"]) == "WIP2"


@given(st.text(max_size=14) | st.text("ABCvVpubOKWIP0129+-_ .", max_size=12))
@settings(max_examples=200)
def test_exactly_the_grammar_is_accepted(text: str) -> None:
    clean = text.strip()
    valid = bool(re.fullmatch(r"[A-Za-z0-9+-]{1,10}", clean)) and not is_version_like(clean)
    if valid:
        assert check_id("shot", text) == clean
    else:
        with pytest.raises(NameRefused) as caught:
            check_id("shot", text)
        assert caught.value.advice


@given(st.text(max_size=400), st.booleans())
@settings(max_examples=200)
def test_every_proposal_is_valid(text: str, as_resource: bool) -> None:
    found = propose_resource(text) if as_resource else propose_id(text)
    if found is not None:
        assert (check_resource(found) if as_resource else check_id("shot", found)) == found


@pytest.mark.parametrize(
    ("text", "proposal"),
    [("BG_CITY", "BG-CITY"), ("010", "R010"), ("v012", "v-012"), ("../../x", "x"), ("a/b", "a-b"), ("été", "ete")],
)
def test_resources_that_are_refused(text: str, proposal: str) -> None:
    with pytest.raises(NameRefused, match=re.escape(proposal)):
        check_resource(text)


@pytest.mark.parametrize("text", ["BG", "BG CITY", "BG-LEFT", "REF2", "+restored-v1+", "PL02"])
def test_resources_that_are_fine(text: str) -> None:
    assert check_resource(f" {text} ") == text


def test_no_resource_is_the_main_plate() -> None:
    assert check_resource("") == check_resource("  ") == ""


def test_digits_with_blanks_are_still_digits() -> None:
    with pytest.raises(NameRefused, match="digits alone"):
        check_resource("0 1")


def test_states() -> None:
    assert check_state(" wip ") == "WIP"
    for bad in ("", "001", "IN_WORK", "WORK IN PROGRESS", "../x"):
        with pytest.raises(NameRefused):
            check_state(bad)
