# SPDX-License-Identifier: GPL-3.0-or-later
"""menu.py of the plug-in's folder: adds the menu Ramses. Whatever fails here, Nuke goes on starting."""

try:
    from ramses_plates.hosts.nuke import menu

    menu.install()
except Exception:  # noqa: BLE001 - a broken plug-in must not stop Nuke
    import traceback

    traceback.print_exc()
