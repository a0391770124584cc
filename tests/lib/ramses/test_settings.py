# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the port comes from, on three systems, from files in any condition."""

from __future__ import annotations

import json
import plistlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ramses_plates.lib.ramses import settings
from ramses_plates.lib.ramses.settings import addon_settings_paths, client_path, port_choices

DEFAULTS = [18185, 5555]


def ports(environ: dict[str, str], platform: str, home: Path) -> list[int]:
    return [choice.port for choice in port_choices(environ, platform, str(home))]


def write(path: str, data: bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(data)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_defaults(platform: str, tmp_path: Path) -> None:
    assert ports({}, platform, tmp_path) == DEFAULTS


@pytest.mark.parametrize("name", ["RAMSES_PORT", "RAMSES_PLATES_PORT"])
def test_the_environment_is_the_only_choice(name: str, tmp_path: Path) -> None:
    assert ports({name: " 6000 "}, "linux", tmp_path) == [6000]
    for off in ("off", "0", "none", "-1", "70000"):
        assert ports({name: off}, "linux", tmp_path) == []
    assert ports({name: ""}, "linux", tmp_path) == DEFAULTS
    assert ports({"RAMSES_PORT": "1", "RAMSES_PLATES_PORT": "2"}, "linux", tmp_path) == [2]


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_the_add_ons_file(platform: str, tmp_path: Path) -> None:
    for path in addon_settings_paths({}, platform, str(tmp_path)):
        write(path, json.dumps({"clientPort": 6001, "clientPath": "/opt/ramses"}).encode())
        assert ports({}, platform, tmp_path) == [6001, *DEFAULTS]
        assert client_path({}, platform, str(tmp_path)) == "/opt/ramses"
        Path(path).unlink()


def test_the_add_ons_folders() -> None:
    name = "Ramses/Config/ramses_addons_settings.json"
    assert addon_settings_paths({"XDG_CONFIG_HOME": "/x"}, "linux", "/h") == (f"/x/{name}",)
    assert addon_settings_paths({}, "linux", "/h") == (f"/h/.config/{name}",)
    assert addon_settings_paths({"APPDATA": "C:/a"}, "win32", "/h")[0] == f"C:/a/{name}"
    assert addon_settings_paths({}, "darwin", "/h")[0] == f"/h/Library/Application Support/{name}"


@pytest.mark.parametrize(
    "text", ["[General]\ndaemonPort=6002\n[ui]\nx=1\n", "[daemon]\nport=6002\n", "[General]\nx\ndaemonPort = 6002"]
)
def test_the_apps_own_file_on_linux(text: str, tmp_path: Path) -> None:
    write(f"{tmp_path}/.config/RxLaboratory/Ramses-Client.conf", text.encode())
    assert ports({}, "linux", tmp_path) == [6002, *DEFAULTS]


@pytest.mark.parametrize("form", [plistlib.FMT_XML, plistlib.FMT_BINARY])
def test_the_apps_own_file_on_macos(form: plistlib.PlistFormat, tmp_path: Path) -> None:
    path = f"{tmp_path}/Library/Preferences/org.rxlaboratory.Ramses-Client.plist"
    write(path, plistlib.dumps({"daemonPort": 6003}, fmt=form))
    assert ports({}, "darwin", tmp_path) == [6003, *DEFAULTS]


def test_the_registry_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "_registry_values", lambda: ["6004", 6005])
    assert ports({}, "win32", tmp_path) == [6004, 6005, *DEFAULTS]


def test_ports_are_tried_once(tmp_path: Path) -> None:
    write(addon_settings_paths({}, "linux", str(tmp_path))[0], b'{"clientPort": 5555}')
    write(f"{tmp_path}/.config/RxLaboratory/Ramses-Client.conf", b"[General]\ndaemonPort=5555\n")
    assert ports({}, "linux", tmp_path) == [5555, 18185]


@pytest.mark.parametrize("port", ["x", None, True, 1.5, [], {}, 0, -5, 70000, "", "1e3"])
def test_a_port_that_is_none_is_passed_over(port: object, tmp_path: Path) -> None:
    write(addon_settings_paths({}, "linux", str(tmp_path))[0], json.dumps({"clientPort": port}).encode())
    assert ports({}, "linux", tmp_path) == DEFAULTS


@given(
    st.binary(max_size=200)
    | st.sampled_from([b"[", b"{", b"[General", b"[General]\n=\n", b"bplist00", b"<plist>", b"\xff\xfe"])
)
def test_broken_files_say_nothing(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as home:
        for platform in ("linux", "darwin", "win32"):
            for path in addon_settings_paths({}, platform, home):
                write(path, data)
        write(f"{home}/.config/RxLaboratory/Ramses-Client.conf", data)
        write(f"{home}/Library/Preferences/org.rxlaboratory.Ramses-Client.plist", data)
        for platform in ("linux", "darwin", "win32"):
            assert ports({}, platform, Path(home))[-2:] == DEFAULTS
            assert client_path({}, platform, home) is None
