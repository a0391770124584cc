# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules from marked examples: the case table, marks spread over several names, marks that cannot be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ramses_plates.core.errors import RuleError
from ramses_plates.core.grouping import Grouper, Place
from ramses_plates.core.identify import identify
from ramses_plates.core.infer import Example, Mark, infer, infer_document, preview, read_examples
from ramses_plates.core.rules import Rule, Rules, load_rules, rules_text

CASES = json.loads((Path(__file__).parent.parent / "cases" / "pattern_inference.json").read_text(encoding="utf-8"))
_MARK = re.compile(r"<(\w+):([^>]*)>")


def marked(text: str) -> Example:
    """`<shot:SH010>_plate.mov` as an example with marks."""
    name, marks, at = "", [], 0
    for found in _MARK.finditer(text):
        name += text[at : found.start()]
        marks.append(Mark(found[1], len(name), len(name) + len(found[2])))
        name += found[2]
        at = found.end()
    return Example(name + text[at:], tuple(marks))


def bases(name: str) -> set[str]:
    """The base names that a scan makes of a file, alone in its folder."""
    grouper = Grouper(Place(""))
    grouper.add([name])
    return {clip.base for clip in grouper.grouped().clips}


@pytest.mark.parametrize("case", CASES["cases"], ids=[case["id"] for case in CASES["cases"]])
def test_case_table(case: dict[str, Any]) -> None:
    examples, negative = read_examples(case)
    rule = infer(examples, negative)
    for name, expected in zip(case["examples"], case["expected"], strict=True):
        for text in {name, name.rpartition(".")[0], *bases(name)}:
            assert rule.extract(text) == expected, text


@pytest.mark.parametrize(
    ("names", "negative", "expected"),
    [
        # marks on several names, a field that some names lack, at the end and in the middle
        (
            ["ISIH_<sequence:A1>_<shot:030>.mov", "ISIH_A1_030_<resource:REF>.mp4", "ISIH_B1_120.mov"],
            [],
            [("A1", "030", None), ("A1", "030", "REF"), ("B1", "120", None)],
        ),
        (
            [
                "TST_<sequence:010>_<shot:0010>_PLATE_<version:v012>.exr",
                "TST_010_0010_PLATE_<resource:BG>_<version:v012>.exr",
                "TST_020_0030_PLATE_v001.exr",
            ],
            [],
            [("010", "0010", None), ("010", "0010", "BG"), ("020", "0030", None)],
        ),
        # names of other lengths in front
        (["foo_bar_<shot:0010>_v1.mov", "baz_<shot:0020>_v2.mov"], [], [(None, "0010", None), (None, "0020", None)]),
        # frames behind the field
        (
            ["<sequence:SEQ010>_<shot:SH020>.1001.exr", "SEQ010_SH030.1001.exr"],
            [],
            [("SEQ010", "SH020", None), ("SEQ010", "SH030", None)],
        ),
        # dots everywhere: the extension is no resource
        (
            ["<sequence:S1>.<shot:SH020>.<resource:bg>.mov", "S1.SH030.mov"],
            [],
            [("S1", "SH020", "bg"), ("S1", "SH030", None)],
        ),
        # numbers without a separator
        (
            ["<sequence:010><shot:0020>_x.mov", "0200030_x.mov"],
            [],
            [("010", "0020", None), ("020", "0030", None)],
        ),
        # a field with separators inside, ignored parts of any length
        (["<shot:010_0020>_plate.mov", "010_0030_plate.mov"], [], [(None, "010_0020", None), (None, "010_0030", None)]),
        (
            ["<_ignore_1:my film>_<shot:SH010>.mov", "that other film_SH020.mov"],
            [],
            [(None, "SH010", None), (None, "SH020", None)],
        ),
        # negative examples: by a word, by the letters of the shot
        (
            ["<shot:SH010>_plate.mov", "SH020_plate.mov"],
            ["SH010_ref.mov"],
            [(None, "SH010", None), (None, "SH020", None)],
        ),
        (["<shot:SH010>_v1.mov", "SH020_v2.mov"], ["CAM010_v1.mov"], [(None, "SH010", None), (None, "SH020", None)]),
        (["<shot:SH010>.mov", "SH020.mov"], ["SH010_020.mov"], [(None, "SH010", None), (None, "SH020", None)]),
        # other scripts
        (["<shot:séq010>_x.mov", "šéq020_x.mov"], [], [(None, "séq010", None), (None, "šéq020", None)]),
        (["__<shot:SH010>__.mov", "__SH020__.mov"], [], [(None, "SH010", None), (None, "SH020", None)]),
    ],
)
def test_marks(names: list[str], negative: list[str], expected: list[tuple[str | None, ...]]) -> None:
    examples = [marked(name) for name in names]
    rule = infer(examples, negative)
    for example, values in zip(examples, expected, strict=True):
        for text in (example.name, example.stem):
            found = rule.extract(text)
            assert (found.get("sequence"), found.get("shot"), found.get("resource")) == values, text
    for name in negative:
        assert rule.extract(name) == {}
        assert not identify(Example(name).stem, "", Rules((rule,))).matched


def test_a_new_letter_of_a_shot_is_understood() -> None:
    rule = infer([marked("TST_<sequence:010>_<shot:0010>_plate.mov")])
    assert rule.extract("TST_010_0010A_plate") == {"sequence": "010", "shot": "0010A"}


def test_the_rule_can_be_saved_and_used(tmp_path: Path) -> None:
    rule = infer([marked("TST_<sequence:010>_<shot:0010>_<version:v001>.mov")], name="from a vendor")
    path = tmp_path / "rules.json"
    path.write_text(rules_text(Rules((rule,))), encoding="utf-8")
    found = identify("TST_020_0030_v012", "", load_rules(str(path)))
    assert (found.sequence, found.shot, found.version, found.rule) == ("020", "0030", 12, "from a vendor")


def test_preview() -> None:
    found = preview(Rule(r"(?P<shot>SH\d+)"), ["SH010_x", "garbage"])
    assert [identity.shot for identity in found] == ["SH010", None]


def test_the_document() -> None:
    examples = [marked("<shot:SH010>_x.mov"), Example("SH020_x.mov")]
    document = infer_document(infer(examples, ["x.mov"]), examples, ["x.mov"])
    assert document["schema"] == "ramses-plates/rules/1"
    assert document["examples"][1] == {"name": "SH020_x.mov", "values": {"shot": "SH020"}}
    assert document["negative_examples"] == [{"name": "x.mov", "values": {}}]
    json.dumps(document)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["SH010.mov"], "Nothing is marked"),
        (["<_ignore_1:SH010>.mov"], "Nothing is marked"),
        ([], "Nothing is marked"),
        (["<shoot:SH010>.mov"], "no field"),
        (["SH010.m<shot:ov>"], "extension"),
        (["<shot:SH010>_<shot:SH020>.mov"], "marked twice"),
        (["<shot:>SH010.mov"], "outside the name"),
        (["<sequence:A>_<shot:B>.mov", "<shot:C>_<sequence:D>.mov"], "contradict"),
        (["<sequence:A>_<shot:B>.mov", "C_<sequence:D>.mov"], "instead of"),
        ([f"<shot:{'A' * 300}>.mov"], "300 characters are allowed|304 characters"),
    ],
)
def test_marks_that_cannot_be(names: list[str], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        infer([marked(name) for name in names])


def test_overlapping_and_outside_marks() -> None:
    for marks in ([("shot", 0, 4), ("sequence", 3, 5)], [("shot", -1, 4)], [("shot", 4, 2)], [("shot", 0, 99)]):
        with pytest.raises(RuleError):
            infer([Example("SH010_x.mov", tuple(Mark(*mark) for mark in marks))])


def test_a_negative_example_that_cannot_be_told_apart() -> None:
    with pytest.raises(RuleError, match="cannot be told from the others"):
        infer([marked("<shot:SH010>.mov"), Example("SH020.mov")], ["sh020.exr"])


@pytest.mark.parametrize(
    "document",
    [
        {"examples": "x"},
        {"examples": [1]},
        {"examples": ["x.mov"], "annotations": {}},
        {"examples": ["x.mov"], "annotations": ["x"]},
        {"examples": ["x.mov"], "annotations": [{"field": "shot", "example": "x.mov", "start": "0", "end": 1}]},
        {"examples": ["x.mov"], "annotations": [{"field": "shot", "example": "x.mov", "start": True, "end": 1}]},
        {
            "examples": ["x.mov"],
            "annotations": [{"field": "shot", "example": "x.mov", "text": "y", "start": 0, "end": 1}],
        },
    ],
)
def test_documents_that_cannot_be_read(document: dict[str, Any]) -> None:
    with pytest.raises(RuleError):
        read_examples(document)


TOKENS = st.text("ABab01é", min_size=1, max_size=5)


@given(st.lists(TOKENS, min_size=1, max_size=5), st.sampled_from("_-. "), st.data())
@settings(max_examples=150)
def test_every_mark_is_found_again(tokens: list[str], sep: str, data: st.DataObject) -> None:
    """One name with one or two whole tokens marked always gives a rule that finds them, or a clear sentence."""
    at = data.draw(st.lists(st.integers(0, len(tokens) - 1), min_size=1, max_size=2, unique=True).map(sorted))
    name = sep.join(tokens) + ".mov"
    starts = [sum(len(token) + 1 for token in tokens[:index]) for index in at]
    fields = ["sequence", "shot"][-len(at) :]
    marks = [
        Mark(field, start, start + len(tokens[index])) for field, start, index in zip(fields, starts, at, strict=True)
    ]
    rule = infer([Example(name, tuple(marks))])
    assert rule.extract(name) == {mark.field: name[mark.start : mark.end] for mark in marks}
    assert rule.extract(name[:-4]) == rule.extract(name)


@given(st.lists(st.text(max_size=20), max_size=4), st.lists(st.text(max_size=20), max_size=2), st.data())
@settings(max_examples=150)
def test_any_examples_are_answered(names: list[str], negative: list[str], data: st.DataObject) -> None:
    assume(names)
    examples = []
    for name in names:
        first = data.draw(st.integers(0, len(name)))
        last = data.draw(st.integers(first, len(name)))
        examples.append(Example(name, (Mark("shot", first, last),) if data.draw(st.booleans()) else ()))
    try:
        rule = infer(examples, negative)
    except RuleError:
        return
    for example in examples:
        for mark in example.marks:
            assert rule.extract(example.name)["shot"] == example.name[mark.start : mark.end]
    assert not any(rule.extract(name) for name in negative)
