# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment is made once, made anew when its content changes, and a failure says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ramses_plates.tools import environments, interpreters
from ramses_plates.tools.environments import Environment, prepare
from ramses_plates.tools.places import ChoreFailed


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "ENVIRONMENTS", os.fspath(tmp_path))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What pip would have been asked for; nothing is fetched."""
    wanted: list[list[str]] = []
    monkeypatch.setattr(environments, "_VENV", ("-m", "venv", "--without-pip"))
    monkeypatch.setattr(environments, "install", lambda _environment, wants: wanted.append(wants))
    return wanted


def test_it_is_made_once_and_works(installed: list[list[str]]) -> None:
    environment = Environment("a", ("thing==1",), package=False)
    assert prepare(environment) > 0
    assert prepare(environment) == 0
    assert installed == [["thing==1"]]
    code = "import sys; print(sys.prefix != sys.base_prefix)"
    answer = subprocess.run([environment.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "True"


def test_it_is_made_anew_when_its_requirements_change(installed: list[list[str]]) -> None:
    prepare(Environment("a", ("thing==1",), package=False))
    assert prepare(Environment("a", ("thing==2",), package=False)) > 0
    assert installed == [["thing==1"], ["thing==2"]]


def test_it_is_made_anew_when_the_last_try_broke_off(
    installed: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_environment: Environment, _wants: list[str]) -> None:
        raise ChoreFailed("no network")

    environment = Environment("a", package=False)
    with monkeypatch.context() as patch:
        patch.setattr(environments, "install", broken)
        with pytest.raises(ChoreFailed):
            prepare(environment)
    assert prepare(environment) > 0
    assert installed == [[]]


def test_pip_gets_a_second_try_and_its_last_words_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = Environment("a", package=False)
    pip = Path(environment.folder, "pip.py")
    pip.parent.mkdir(parents=True)
    pip.write_text("import sys\nopen('tries', 'a').write('x')\nsys.exit('no such thing')\n")
    monkeypatch.setattr(Environment, "executable", sys.executable)
    monkeypatch.setattr(environments, "ROOT", environment.folder)
    monkeypatch.setattr(environments.time, "sleep", lambda _seconds: None)
    with pytest.raises(ChoreFailed, match="no such thing"):
        environments.install(environment, ["thing"])
    assert Path(environment.folder, "tries").read_text() == "xx"


def test_a_missing_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "find", lambda _version: None)
    with pytest.raises(ChoreFailed, match=r"Python 3\.99 was not found") as caught:
        prepare(Environment("a", python="3.99"))
    assert "install Python 3.99" in caught.value.advice
