# SPDX-License-Identifier: GPL-3.0-or-later
"""Places of values in a JSON text."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core.json_places import JsonPlaces, Place

TEXT = '{\n  "rules": [\n    {"pattern": "a\\u0041\\n(b", "x": [1, {"y": null}]},\n    true\n  ]\n}'


def test_places() -> None:
    places = JsonPlaces(TEXT)
    assert places.of(()) == Place(1, 1)
    assert places.of(("rules",)) == Place(2, 12)
    assert places.of(("rules", 0, "pattern")) == Place(3, 17)
    assert places.of(("rules", 0, "x", 1, "y")) == Place(3, TEXT.splitlines()[2].index("null") + 1)
    assert places.of(("rules", 1)) == Place(4, 5)
    assert str(places.of(("rules", 1))) == "line 4, column 5"


def test_missing_values_are_where_their_container_is() -> None:
    assert JsonPlaces(TEXT).of(("rules", 0, "name")) == Place(3, 5)


def test_characters_inside_a_string() -> None:
    places = JsonPlaces(TEXT)
    line = TEXT.splitlines()[2]
    for index, written in enumerate(["a", "\\u0041", "\\n", "(", "b"]):
        assert places.inside(("rules", 0, "pattern"), index) == Place(3, line.index(written, 16) + 1), written


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=15,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    found = [(path, value)]
    if isinstance(value, dict):
        found += [entry for key, inner in value.items() for entry in paths(inner, (*path, key))]
    if isinstance(value, list):
        found += [entry for key, inner in enumerate(value) for entry in paths(inner, (*path, key))]
    return found


@given(VALUES, st.sampled_from([None, 1, 4]), st.booleans())
@settings(max_examples=150)
def test_every_value_is_found_where_it_stands(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    places = JsonPlaces(text)
    lines = text.split("\n")
    for path, inner in paths(value):
        place = places.of(path)
        rest = "\n".join([lines[place.line - 1][place.column - 1 :], *lines[place.line :]])
        assert json.JSONDecoder().raw_decode(rest)[0] == inner
