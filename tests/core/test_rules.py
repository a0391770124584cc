# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules files: what they may hold, and every mistake in them with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core.errors import RuleError
from ramses_plates.core.finding import Finding
from ramses_plates.core.identify import identify
from ramses_plates.core.rules import (
    BUILTIN,
    Rule,
    Rules,
    check_document,
    check_rules,
    load_rules,
    rules_document,
    rules_text,
)


def written(folder: Path, content: Any) -> str:
    """The path of a rules file with this content, text or JSON-ready."""
    path = folder / "rules.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def errors(findings: list[Finding]) -> list[str]:
    return [finding.message for finding in findings if finding.severity == "error"]


def test_a_whole_file(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "studio_name": "carried over from another tool",
            "rules": [
                {"name": "mine", "pattern": "^K(?P<shot>\\d+)", "shot_prefix": "SH", "sequence_prefix": None},
                {"pattern": "(?P<shot>R\\d+)", "use_parent_dir_as_sequence": True},
            ],
            "builtin": True,
            "steps": {"scn1": "PLATE", "paint": None},
            "words": {"cln": "CLEAN", "proxy": None},
            "resources": [{"view": "left", "resource": ""}],
        },
    )
    assert check_rules(path) == []
    rules = load_rules(path)
    assert identify("K010", "", rules).shot == "SH010"
    assert identify("K010", "", rules).rule == "mine"
    assert identify("R5", "Unit 2", rules).sequence == "Unit_2"
    assert identify("R5", "", rules).rule == "rule 2"
    assert identify("SEQ010_SH020_cln", "", rules).resource == "CLEAN"
    assert identify("SEQ010_SH020_proxy", "", rules).resource is None
    assert identify("SEQ010_SH020_paint", "", rules).step is None
    assert rules.resources[0].view == "left"
    assert rules.source == path


def test_a_bare_list_is_a_list_of_rules(tmp_path: Path) -> None:
    rules = load_rules(written(tmp_path, [{"pattern": "(?P<shot>X\\d+)"}]))
    assert identify("X1", "", rules).shot == "X1"
    assert not rules.builtin


def test_no_rules_match_nothing(tmp_path: Path) -> None:
    for content in ({}, [], {"rules": None}, {"rules": []}):
        assert not identify("SEQ010_SH020", "", load_rules(written(tmp_path, content))).matched


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_bytes(b'\xef\xbb\xbf{"rules": []}')
    assert check_rules(str(path)) == []


def test_every_bad_rule_is_named_with_its_place(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '{\n  "rules": [\n'
        '    {"pattern": "(?P<shot>\\\\d+"},\n'
        '    {"name": "good", "pattern": "(?P<shot>\\\\d+)"},\n'
        '    {"name": "slow", "pattern": "(?P<shot>(\\\\w+)+)x"},\n'
        '    {"name": 5, "pattern": "x"},\n'
        '    {"name": "empty"},\n'
        '    "text",\n'
        '    {"pattern": "(?P<shot>a)(?P<shot>b)"},\n'
        '    {"pattern": "x", "use_parent_dir_as_sequence": "yes"}\n'
        "  ]\n}\n",
    )
    found = errors(check_rules(path))
    assert len(found) == 7
    assert found[0].startswith("rule 1 (line 3, column 18): The pattern is no regular expression")
    assert "character 1" in found[0]
    assert 'rule 3 "slow": The pattern could take minutes' in found[1] and "line 5, column 33" in found[1]
    assert found[2] == "rule 4: name must be text (line 6, column 14)."
    assert found[3] == "rule 5 has no pattern (line 7, column 5)."
    assert found[4] == "rule 6 is not an object (line 8, column 5)."
    assert found[5].startswith("rule 7 (line 9, column ")
    assert found[6] == "rule 8: use_parent_dir_as_sequence must be true or false (line 10, column 52)."
    assert all(finding.file == path for finding in check_rules(path))
    with pytest.raises(RuleError, match=r"4 more") as caught:
        load_rules(path)
    assert path in str(caught.value)


def test_the_column_counts_escapes(tmp_path: Path) -> None:
    text = '[{"pattern": "\\\\d\\u0041**(?P<shot>x)"}]'
    message = errors(check_rules(written(tmp_path, text)))[0]
    place = text.index("**") + 2  # the second star, columns count from 1
    assert f"line 1, column {place}" in message and "character 5" in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON at line 1, column 1"),
        ('{"rules": [\n  {"pattern": "x",}\n]}', "not JSON at line 2, column 1"),
        ("5", "holds an object"),
        ('"x"', "holds an object"),
        ('{"rules": 5}', "rules must be a list of rules (line 1, column 11)"),
        ('{"rules": {}}', "rules must be a list"),
        ('{"resources": [{"resource": "X"}]}', "resource rule 1: A resource rule needs"),
        ('{"resources": [{"view": "left"}]}', "resource rule 1 has no resource"),
        ('{"resources": [{"suffix": "x", "kind": "film", "resource": "X"}]}', "no kind of clip"),
        ('{"resources": [{"suffix": "x", "ext": [1], "resource": "X"}]}', "list of texts"),
        ('{"steps": ["plt"]}', "steps must map"),
        ('{"words": {"cln": 5}}', "words must map"),
        ('{"builtin": 1}', "builtin must be true or false"),
        ("[" * 100000, "nested too deeply"),
        (json.dumps([{"pattern": "(?P<shot>a)" + "b" * 1024}]), "1024 are allowed"),
        (json.dumps([{"pattern": "x"}] * 501), "500 are allowed"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    found = errors(check_rules(path))
    assert found and message in found[0]
    with pytest.raises(RuleError):
        load_rules(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.json")
    assert errors(check_rules(missing)) == ["The rules file cannot be read: No such file or directory."]
    with pytest.raises(RuleError, match=r"missing\.json"):
        load_rules(missing)
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in errors(check_rules(str(binary)))[0]
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (1 << 20) + b"[]")
    assert "larger than" in errors(check_rules(str(large)))[0]


def test_doubts_do_not_block(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "rulez": [],
            "rules": [
                {"pattern": "(?P<shoot>x)(?P<shot>y)(?P<_any>z)", "shot_prefx": "SH"},
                {"pattern": "(?P<resource>x)"},
                {"pattern": ".*_.*_.*_.*_(?P<shot>\\d+)_"},
            ],
        },
    )
    messages = [finding.message for finding in check_rules(path)]
    assert not errors(check_rules(path))
    assert any('"rulez" is not known' in message for message in messages)
    assert any('"shot_prefx" is not known' in message for message in messages)
    assert any('the group "shoot"' in message for message in messages)
    assert not any("_any" in message for message in messages)
    assert any("rule 2 has no group shot" in message for message in messages)
    assert any("rule 3 is only used on names of up to" in message for message in messages)
    assert len(load_rules(path).rules) == 3


def test_the_check_document(tmp_path: Path) -> None:
    good = check_document(written(tmp_path, [{"pattern": "(?P<shot>x)", "name": "mine"}]))
    assert good["schema"] == "ramses-plates/rules/1"
    assert (good["ok"], good["rules"], good["findings"]) == (True, ["mine"], [])
    bad = check_document(written(tmp_path, "["))
    assert bad["ok"] is False and bad["findings"][0]["code"] == "rules-syntax"


def test_rules_are_written_as_they_are_read(tmp_path: Path) -> None:
    content = {
        "rules": [{"name": "mine", "pattern": "(?P<shot>é\\d+)", "shot_prefix": "SH"}],
        "builtin": True,
        "steps": {"plt2": "PLATE", "paint": None},
        "words": {"cln": "CLEAN"},
        "resources": [{"folder": "movs", "kind": "movie", "ext": ["mov"], "resource": "REF"}],
    }
    rules = load_rules(written(tmp_path, content))
    assert rules_document(rules) == content
    again = load_rules(written(tmp_path, rules_text(rules)))
    assert (again.rules, again.resources, again.builtin) == (rules.rules, rules.resources, rules.builtin)
    assert again.vocabulary == rules.vocabulary
    assert rules_document(BUILTIN) == {"rules": [], "builtin": True}


def test_one_rule_can_be_chosen() -> None:
    rules = Rules((Rule("(?P<shot>a)", "one"), Rule("(?P<shot>b)", "two")), builtin=True)
    assert identify("b", "", rules.only("two")).rule == "two"
    assert not identify("SEQ010_SH020", "", rules.only("two")).matched
    with pytest.raises(RuleError):
        rules.only("three")


def test_a_pattern_is_not_used_on_names_that_could_take_too_long() -> None:
    rule = Rule(r".*_.*_.*_.*_(?P<shot>\d+)_x")
    assert rule.extract("a_b_c_d_010_x") == {"shot": "010"}
    assert rule.extract("a" * rule.longest + "_b_c_d_010_x") == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["rules", "pattern", "name", "resources", "view", "steps"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON)
@settings(max_examples=150)
def test_any_json_is_answered(tmp_path_factory: pytest.TempPathFactory, content: Any) -> None:
    path = written(tmp_path_factory.mktemp("rules"), content)
    if errors(check_rules(path)):
        with pytest.raises(RuleError):
            load_rules(path)
    else:
        load_rules(path)


@given(st.binary(max_size=60))
@settings(max_examples=100)
def test_any_bytes_are_answered(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("rules") / "rules.json"
    path.write_bytes(content)
    check_rules(str(path))
