# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in a real browser: it fetches nothing, finds clips, fits a phone, can be read and used without a mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chromium import Chromium
from make_edit import edit
from make_report import PIXEL, many, report, row
from ramses_plates.core.finding import error, warning
from ramses_plates.core.report.client import client_edition
from ramses_plates.core.report.order_page import comparison_page
from ramses_plates.core.report.page import page
from ramses_plates.core.report.rows import Picture, Report

LONG = "A_VERY_LONG_NAME_WITHOUT_ANY_PLACE_TO_BREAK_" * 4
CHECKS = (Path(__file__).parents[1] / "support" / "page_checks.js").read_text(encoding="utf-8").strip()
SHOWN, CONTRAST, NAMELESS = (f"{CHECKS}.{name}()" for name in ("shown", "poorContrast", "nameless"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    chromium = Chromium(tmp_path_factory.mktemp("profile"))
    yield chromium
    chromium.close()


@pytest.fixture()
def written(tmp_path: Path) -> Callable[[Report], Path]:
    def write(shown: Report) -> Path:
        path = tmp_path / "report.html"
        path.write_text("".join(page(shown)), encoding="utf-8")
        return path

    return write


def typical() -> Report:
    lost = warning("missing-frames", "2 frames are missing: 1009-1010.")
    unknown = error("unmatched", "No rule tells the shot from this name.", advice="Name it by hand.")
    return report(
        row("SH010", picture=Picture(PIXEL, PIXEL, "Picture read as ACEScg: decided for this clip."), bytes=5_000_000),
        row("SH020", findings=(lost,), missing="1009-1010", missing_count=2, bytes=9_000_000),
        row("", status="refused", label=f"{LONG}.mov", findings=(unknown,), version=None, reel="A003", bytes=1),
        row(
            "SH030",
            picture=Picture(PIXEL),
            folder=f"05-SHOTS/{LONG}",
            handles=(8, 8),
            resource="BG CLEAN",
            bytes=7_000_000,
        ),
        left_out=((f"{LONG}.part", "a copy may be running"),),
        notes=(f"{LONG} is odd.",),
        run="20260131T120000Z-abcdef",
        edit=edit(),
    )


def test_it_loads_without_network_and_without_complaint(browser: Chromium, written: Callable[[Report], Path]) -> None:
    browser.open(written(typical()))
    assert [url for url in browser.requests if not url.startswith(("file:", "data:"))] == []
    assert browser.complaints == []


def test_search_filter_and_sort(browser: Chromium, written: Callable[[Report], Path]) -> None:
    browser.open(written(typical()))
    assert len(browser.run(SHOWN)) == 4
    browser.run("search.value = 'sh0 1009'; search.dispatchEvent(new Event('input'))")
    assert browser.run(SHOWN) == ["SEQ PLATE SH020"] and browser.run("count.textContent") == "1 of 4"
    browser.run("search.value = 'nothing like it'; search.dispatchEvent(new Event('input'))")
    assert browser.run(SHOWN) == [] and browser.run("nothing.checkVisibility()")
    browser.run("reset.click()")
    assert len(browser.run(SHOWN)) == 4 and not browser.run("nothing.checkVisibility()")
    for name, many_shown in (("refused", 1), ("warning", 1), ("ok", 2), ("all", 4)):
        browser.run(f"document.querySelector('[data-filter={name}]').click()")
        assert len(browser.run(SHOWN)) == many_shown
        assert browser.run("document.querySelector('[aria-pressed=true]').dataset.filter") == name
    browser.run("sort.value = 'bytes'; sort.dispatchEvent(new Event('change'))")
    assert [name.split()[2] for name in browser.run(SHOWN)] == ["SH020", "SH030", "SH010", "No"]
    browser.run("sort.value = 'level'; sort.dispatchEvent(new Event('change'))")
    assert browser.run(SHOWN)[0].endswith("No shot")


@pytest.mark.parametrize("width", [320, 390, 768, 1400])
@pytest.mark.parametrize("edition", ["inside", "client"])
def test_nothing_overflows(width: int, edition: str, browser: Chromium, written: Callable[[Report], Path]) -> None:
    shown = typical() if edition == "inside" else client_edition(typical())
    browser.open(written(shown), width, 800)
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.run(f"{CHECKS}.beyond({width})") == []


@pytest.mark.parametrize("dark", [False, True])
def test_everything_can_be_read(dark: bool, browser: Chromium, written: Callable[[Report], Path]) -> None:
    browser.open(written(typical()), dark=dark)
    ground = browser.run("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(21, 23, 26)") is dark
    assert browser.run(CONTRAST) == []
    browser.run("theme.click()")
    assert browser.run("getComputedStyle(document.body).backgroundColor") != ground
    assert browser.run(CONTRAST) == []
    browser.run("try { localStorage.clear() } catch {}")


def test_everything_has_a_name(browser: Chromium, written: Callable[[Report], Path]) -> None:
    browser.open(written(typical()))
    assert browser.run(NAMELESS) == []
    assert browser.run("document.documentElement.lang") == "en"
    assert browser.run("[...document.querySelectorAll('h1, h2')].map((node) => node.tagName)") == ["H1", *["H2"] * 5]


def test_it_can_be_used_without_a_mouse(browser: Chromium, written: Callable[[Report], Path]) -> None:
    browser.open(written(typical()))
    browser.press("/")
    assert browser.run("document.activeElement.id") == "search"
    for key in "sh0":
        browser.press(key)
    assert len(browser.run(SHOWN)) == 3
    browser.press("Escape")
    browser.press("j")
    assert browser.run("document.activeElement.querySelector('h2').textContent.trim()") == "SEQ PLATE SH010"
    browser.press("Enter")
    assert browser.run("box.open") and browser.run("box.querySelector('img').naturalWidth") == 1
    browser.press("ArrowRight")
    assert "SH030" in browser.run("box.querySelector('p').textContent")
    browser.press("Escape")
    assert not browser.run("box.open")
    browser.wait_for("document.activeElement.getAttribute('aria-label')?.includes('SH030')")


def test_without_script_it_can_be_read(browser: Chromium, written: Callable[[Report], Path], tmp_path: Path) -> None:
    text = written(typical()).read_text(encoding="utf-8")
    (tmp_path / "plain.html").write_text(text[: text.rindex("<script>")], encoding="utf-8")
    browser.open(tmp_path / "plain.html")
    assert len(browser.run(SHOWN)) == 4


def test_on_paper_the_tools_are_left_out(browser: Chromium, written: Callable[[Report], Path]) -> None:
    browser.open(written(typical()), 720, dark=True, print_=True)
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not browser.run("document.querySelector('.tools').checkVisibility()")
    assert browser.run(CONTRAST) == []


def test_five_thousand_clips_stay_usable(browser: Chromium, written: Callable[[Report], Path]) -> None:
    """Guards against a tenfold slip: measured were 65 ms to search and 440 ms to sort, until all is painted."""
    browser.open(written(many(5000)))
    search = "search.value = 'sh0123'; search.dispatchEvent(new Event('input'))"
    assert browser.run(f"{CHECKS}.timed(() => {{ {search} }})") < 3000
    assert len(browser.run(SHOWN)) == 10
    browser.run("reset.click()")
    sort = "sort.value = 'bytes'; sort.dispatchEvent(new Event('change'))"
    assert browser.run(f"{CHECKS}.timed(() => {{ {sort} }})") < 6000
    assert browser.run(SHOWN)[0].endswith("SH04999")


def test_the_edit_can_be_narrowed_to_what_lacks_something(browser: Chromium, written: Callable[[Report], Path]) -> None:
    browser.open(written(typical()))
    shown = "[...document.querySelectorAll('.edit tbody tr')].filter((row) => row.checkVisibility()).length"
    assert browser.run(shown) == 6
    browser.run("lacking.click()")
    assert browser.run(shown) == 2
    browser.run("lacking.click()")
    assert browser.run(shown) == 6
    browser.run("document.querySelector('.edit summary').click()")
    assert browser.run(shown) == 0 and browser.run("document.querySelector('.tally').checkVisibility()")


@pytest.mark.parametrize("width", [320, 800])
def test_on_a_phone_each_event_is_a_block_without_empty_lines(
    width: int, browser: Chromium, written: Callable[[Report], Path]
) -> None:
    browser.open(written(typical()), width, 800)
    empty = "[...document.querySelectorAll('.edit td.void')].filter((cell) => cell.checkVisibility()).length"
    assert (browser.run(empty) == 0) is (width < 760)
    assert browser.run("document.querySelector('.edit thead').checkVisibility()") is (width > 760)


def test_the_page_of_a_comparison_alone(browser: Chromium, tmp_path: Path) -> None:
    path = tmp_path / "order.html"
    path.write_text(comparison_page(edit()), encoding="utf-8")
    for width in (320, 1200):
        browser.open(path, width, 800)
        assert browser.run("document.documentElement.scrollWidth") <= width
        assert browser.run(f"{CHECKS}.beyond({width})") == [] and browser.complaints == []
    assert browser.run(CONTRAST) == [] and browser.run(NAMELESS) == []
    browser.run("lacking.click()")
    assert browser.run("document.querySelectorAll('.edit tbody tr[hidden]').length") == 4


def test_an_edit_of_five_thousand_events_stays_usable(browser: Chromium, written: Callable[[Report], Path]) -> None:
    shown = many(5000)
    browser.open(written(Report(**{**shown.__dict__, "edit": edit(5000, "clip")})))
    assert not browser.run("document.querySelector('.edit table').checkVisibility()")
    assert browser.run(f"{CHECKS}.timed(() => {{ document.querySelector('.edit summary').click() }})") < 6000
    assert browser.run(f"{CHECKS}.timed(() => {{ lacking.click() }})") < 4000
