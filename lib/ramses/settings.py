# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Ramses keeps its settings on this machine, and which port its Client may be listening on.

Sources: the app stores `daemonPort` through QSettings in its native format (RxLaboratory / Ramses-Client, domain
rxlaboratory.org): an INI file on Linux, a property list on macOS, the registry on Windows; versions before 0.8 used
`daemon/port`. The add-ons share one JSON file with `clientPort` and `clientPath`.
"""

from __future__ import annotations

import configparser
import json
import os
import plistlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_PORTS = (18185, 5555)
PORT_VARIABLES = ("RAMSES_PLATES_PORT", "RAMSES_PORT")
# Settings files are a few KiB; anything larger is not one.
_LARGEST_FILE = 4 * 1024 * 1024


@dataclass(frozen=True)
class PortChoice:
    """A port that Ramses may be listening on, and where the number comes from."""

    port: int
    source: str


def port_choices(
    environ: Mapping[str, str] | None = None, platform: str | None = None, home: str | None = None
) -> tuple[PortChoice, ...]:
    """The ports to try, best first, without repeats.

    A port in the environment is the only choice: whoever sets it wants that program and no other. `off` or `0` there
    means that Ramses is not to be talked to: no choice at all.
    """
    environ = os.environ if environ is None else environ
    platform = platform or sys.platform
    home = home or os.path.expanduser("~")
    for name in PORT_VARIABLES:
        written = environ.get(name, "").strip()
        if written:
            port = _port(written)
            return (PortChoice(port, name),) if port else ()
    choices: dict[int, str] = {}
    for path in addon_settings_paths(environ, platform, home):
        port = _port(_json_file(path).get("clientPort"))
        if port:
            choices.setdefault(port, path)
    for source, port in _app_ports(environ, platform, home):
        choices.setdefault(port, source)
    for port in DEFAULT_PORTS:
        choices.setdefault(port, "default")
    return tuple(PortChoice(port, source) for port, source in choices.items())


def client_path(
    environ: Mapping[str, str] | None = None, platform: str | None = None, home: str | None = None
) -> str | None:
    """The Ramses Client's program as the add-ons' settings name it; None where they do not."""
    environ = os.environ if environ is None else environ
    for path in addon_settings_paths(environ, platform or sys.platform, home or os.path.expanduser("~")):
        found = _json_file(path).get("clientPath")
        if isinstance(found, str) and found.strip():
            return found
    return None


def addon_settings_paths(environ: Mapping[str, str], platform: str, home: str) -> tuple[str, ...]:
    """Where add-ons keep their shared settings, newest convention first."""
    name = "ramses_addons_settings.json"
    if platform.startswith("win"):
        roaming = environ.get("APPDATA") or f"{home}/AppData/Roaming"
        folders = [f"{roaming}/Ramses/Config", f"{roaming}/RxLaboratory/Ramses/Config"]
    elif platform == "darwin":
        support = f"{home}/Library/Application Support"
        folders = [f"{support}/Ramses/Config", f"{support}/RxLaboratory/Ramses/Config"]
    else:
        config = environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
        folders = [f"{config}/Ramses/Config"]
    return tuple(f"{folder}/{name}" for folder in folders)


def _app_ports(environ: Mapping[str, str], platform: str, home: str) -> list[tuple[str, int]]:
    if platform.startswith("win"):
        found = [("the registry of the Ramses Client", _port(value)) for value in _registry_values()]
    elif platform == "darwin":
        path = f"{home}/Library/Preferences/org.rxlaboratory.Ramses-Client.plist"
        plist = _plist_file(path)
        found = [(path, _port(plist.get(key))) for key in ("daemonPort", "daemon.port")]
    else:
        config = environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
        path = f"{config}/RxLaboratory/Ramses-Client.conf"
        found = [(path, _port(value)) for value in _ini_values(path)]
    return [(source, port) for source, port in found if port]


def _port(value: object) -> int | None:
    """A usable port number written as a number or as text, else None."""
    try:
        port = int(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else 0
    except ValueError:
        return None
    return port if 0 < port < 65536 else None


def _bytes_of(path: str) -> bytes:
    """The contents of a settings file, b"" where there is none or it cannot be read."""
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError:
        return b""
    return data if len(data) <= _LARGEST_FILE else b""


def _json_file(path: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes_of(path).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _plist_file(path: str) -> dict[str, Any]:
    try:
        found = plistlib.loads(_bytes_of(path))
    except Exception:  # noqa: BLE001 plistlib raises a dozen kinds for a broken file (expat, struct, index errors ...)
        return {}
    return found if isinstance(found, dict) else {}


def _ini_values(path: str) -> list[str]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, delimiters=("=",))
    try:
        parser.read_string(_bytes_of(path).decode("utf-8", "replace"))
        return [
            parser.get(section, key, fallback="") or ""
            for section, key in (("General", "daemonPort"), ("daemon", "port"))
        ]
    except configparser.Error:
        return []


def _registry_values() -> list[object]:
    if sys.platform != "win32":
        return []
    import winreg

    found: list[object] = []
    for key, name in (("", "daemonPort"), (r"\daemon", "port")):
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"Software\RxLaboratory\Ramses-Client" + key) as opened:
                found.append(winreg.QueryValueEx(opened, name)[0])
        except OSError:
            continue
    return found
