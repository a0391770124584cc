# SPDX-License-Identifier: GPL-3.0-or-later
"""The page as text: what it says of a clip, what nobody can smuggle into it, what it fetches (nothing)."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest
from make_report import PIXEL, Outline, many, report, row
from ramses_plates.core.finding import error, warning
from ramses_plates.core.report.page import page
from ramses_plates.core.report.rows import Picture, Report, count_text, size_text, time_text
from ramses_plates.core.report.table import csv_table, safe

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;\udcff\u202e"


def outline(shown: Report) -> Outline:
    return Outline("".join(page(shown)).encode("utf-8", "backslashreplace").decode())


@pytest.mark.parametrize(
    "words",
    [
        "SH010",
        "24 frames",
        "1001-1024",
        "01:00:00:00 to 01:00:00:23",
        "23.976 (24000/1001) fps",
        "1920 × 1080",
        "24.0 MB in 24 files",
        "Every byte read back and compared",
        "handles 8 + 12",
        "ordered 1009 to 1012 (4 frames)",
        "event 004",
        "reel A001C003",
    ],
)
def test_a_clip_says(words: str) -> None:
    shown = row(handles=(8, 12), ordered=(1009, 1012), event="004", reel="A001C003")
    assert words in outline(report(shown)).text


def test_one_is_one_and_movies_count_their_frames() -> None:
    text = outline(report(row(count=1, files=1, kind="still"))).text
    assert "1 frame" in text and "1 frames" not in text and "1 file " in text + " "
    assert "240 frames" in outline(report(row(kind="movie", count=240, files=1))).text


def test_totals_count_what_is_delivered_and_nothing_else() -> None:
    rows = [row(f"SH{n}") for n in range(3)] + [row("BAD", status="refused", bytes=999_000_000_000)]
    text = outline(report(*rows)).text
    assert "3 versions delivered" in text and "72 frames" in text and "72.0 MB of media" in text and "36.0 MB/s" in text
    assert "3.0 s running time" in text


def test_hostile_names_stay_text() -> None:
    shown = row(
        HOSTILE,
        label=HOSTILE,
        name=HOSTILE,
        sequence=HOSTILE,
        resource=HOSTILE,
        reel=HOSTILE,
        timecode_in=HOSTILE,
        colorspace=HOSTILE,
        codec=HOSTILE,
        folder=HOSTILE,
        source=HOSTILE,
        operator=HOSTILE,
        picture=Picture(PIXEL, PIXEL, HOSTILE),
        findings=(warning("x", HOSTILE, HOSTILE, HOSTILE),),
    )
    found = outline(report(shown, project=HOSTILE, notes=(HOSTILE,), left_out=((HOSTILE, HOSTILE),), scope=HOSTILE))
    assert [tag for tag, _ in found.tags].count("script") == 1
    assert [facts for tag, facts in found.tags if tag == "img" and "onerror" in facts] == []
    assert "<script>alert(1)</script>" in found.text
    assert "\u202e" not in found.text


def test_nothing_is_fetched_and_the_policy_says_so() -> None:
    found = outline(report(row(picture=Picture(PIXEL))))
    links = [value for _tag, facts in found.tags for name, value in facts.items() if name in ("src", "href")]
    assert links and all(value is not None and value.startswith(("data:", "#")) for value in links)
    policy = next(facts["content"] for tag, facts in found.tags if facts.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None and policy.startswith("default-src 'none'")
    whole = "".join(page(report(row())))
    assert "http://" not in whole and "https://" not in whole and "@import" not in whole


def test_advice_about_options_is_for_the_terminal() -> None:
    advice = "Have them delivered again. Publish them with --incomplete publish."
    text = outline(report(row(findings=(error("x", "Frames are missing.", advice=advice),)))).text
    assert "Have them delivered again." in text and "--incomplete" not in text


def test_five_thousand_clips_are_one_page_of_moderate_size() -> None:
    size = sum(len(piece) for piece in page(many(5000)))
    assert size < 5000 * 2500


def test_sizes_and_times_for_people() -> None:
    assert [size_text(n) for n in (0, 1, 999, 1000, 999_499, 1_500_000, 2_340_000_000_000)] == [
        *("0 bytes", "1 byte", "999 bytes", "1.0 kB", "999 kB", "1.5 MB", "2.3 TB")
    ]
    assert [time_text(s) for s in (0.5, 59.96, 200, 3900)] == ["0.5 s", "1 min 00 s", "3 min 20 s", "1 h 05 min"]
    assert count_text(12000, "frame") == "12,000 frames"


def test_the_rate_decides_the_duration() -> None:
    assert row(count=24000, rate=Fraction(24000, 1001)).seconds == 1001.0
    assert row(count=22, missing="1009-1010", missing_count=2, rate=Fraction(24)).seconds == 1.0
    assert row(rate=None).seconds is None


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_a_cell_is_never_a_formula(start: str) -> None:
    text = f'{start}HYPERLINK("x","y")'
    assert safe(text) == f"'{text}"
    table = csv_table(report(row(label=text, findings=(warning("x", text),))))
    (_head, line) = csv.reader(io.StringIO(table.lstrip("\ufeff"), newline=""))
    cells = [cell for cell in line if "HYPERLINK" in cell]
    assert len(cells) == 2 and all(cell.startswith("'") for cell in cells)


def test_numbers_stay_numbers_in_a_table() -> None:
    assert safe(-5) == "-5" and safe(None) == "" and safe("1001-1024") == "1001-1024"
