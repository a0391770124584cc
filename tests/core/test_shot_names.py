# SPDX-License-Identifier: GPL-3.0-or-later
"""Equal shot numbers of two sequences become two shots; the project's own shots keep their names."""

from __future__ import annotations

import pytest
from ramses_plates.core.errors import NameRefused
from ramses_plates.core.identity import Identity
from ramses_plates.core.shot_names import ShotName, unique_shots


def names(*identities: tuple[str | None, str | None], **existing: tuple[str, str | None]) -> list[str | None]:
    found = unique_shots(
        [Identity(shot, sequence) for sequence, shot in identities],
        {shot.replace("__", "-"): known for shot, known in existing.items()},
    )
    return [name.shot for name in found]


def test_one_sequence_needs_no_joining() -> None:
    assert names(("010", "0010"), ("010", "0020"), ("020", "0030")) == ["0010", "0020", "0030"]


def test_equal_numbers_are_joined() -> None:
    assert names(("010", "0010"), ("020", "0010")) == ["010-0010", "020-0010"]
    assert names(("A", "sh010"), ("B", "SH010")) == ["A-sh010", "B-SH010"]


def test_the_same_shot_twice_is_one_shot() -> None:
    assert names(("010", "0010"), ("010", "0010")) == ["0010", "0010"]
    assert names(("Seq1", "0010"), ("SEQ1", "0010")) == ["0010", "0010"]


def test_too_long_is_refused_with_a_proposal() -> None:
    found = unique_shots([Identity("SH0020", "SEQ010"), Identity("SH0020", "SEQ020")])
    assert [name.shot for name in found] == [None, None]
    refusal = found[0].refusal
    assert isinstance(refusal, NameRefused)
    assert "13 characters" in str(refusal) and '"010-0020"' in refusal.advice
    with pytest.raises(NameRefused):
        raise refusal


def test_a_name_without_sequence_joins_the_only_one() -> None:
    assert names(("010", "0010"), (None, "0010")) == ["0010", "0010"]
    found = unique_shots([Identity("0010", "010"), Identity("0010", None)])
    assert found[1].sequence == "010"


def test_a_name_without_sequence_among_several_is_refused() -> None:
    found = unique_shots([Identity("0010", "010"), Identity("0010", "020"), Identity("0010", None)])
    assert [name.shot for name in found] == ["010-0010", "020-0010", None]
    assert "several sequences (010, 020)" in str(found[2].refusal)


def test_guessed_sequences_make_no_second_shot() -> None:
    found = unique_shots(
        [Identity("SH010", "DAY01", sequence_guessed=True), Identity("SH010", "DAY02", sequence_guessed=True)]
    )
    assert [name.shot for name in found] == ["SH010", "SH010"]
    known = unique_shots([Identity("SH010", "DAY02", sequence_guessed=True)], {"SH010": ("SH010", "SEQ010")})
    assert known == [ShotName("SH010", "SEQ010")]


def test_a_guess_that_cannot_be_written_is_dropped() -> None:
    found = unique_shots([Identity("SH010", "drop_from_vendor", sequence_guessed=True)])
    assert found == [ShotName("SH010", None)]


def test_what_exists_keeps_its_name() -> None:
    assert names(("010", "0010"), ("020", "0010"), **{"0010": ("0010", "010")}) == ["0010", "020-0010"]
    assert names(("020", "0010"), **{"0010": ("0010", "010")}) == ["020-0010"]
    assert names(("010", "0010"), **{"010__0010": ("010-0010", "010")}) == ["010-0010"]
    assert names((None, "sh010"), SH010=("Sh010", None)) == ["Sh010"]
    assert names(("010", "sh010"), SH010=("Sh010", None)) == ["Sh010"]


def test_ids_that_cannot_be_written_are_refused() -> None:
    found = unique_shots([Identity("SH_010", "010"), Identity("v012", None), Identity(None, None)])
    assert [name.shot for name in found] == [None, None, None]
    assert 'Use "SH010"' in str(found[0].refusal)
    assert found[2].refusal is None


def test_a_sequence_that_cannot_be_written_is_said() -> None:
    found = unique_shots([Identity("0010", "A_B"), Identity("0010", "020")])
    assert found[0].refusal is not None and "not a valid id" in str(found[0].refusal)
    assert found[1].shot == "020-0010"
