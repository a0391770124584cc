# SPDX-License-Identifier: GPL-3.0-or-later
"""init.py of the plug-in's folder: makes the package importable. Whatever fails here, Nuke goes on starting."""

try:
    import os
    import sys
    from importlib import import_module

    # Nuke may run this file without __file__
    for _folder in import_module("nuke").pluginPath():
        _menu = os.path.join(_folder, "ramses_plates", "hosts", "nuke", "menu.py")
        if os.path.isfile(_menu) and _folder not in sys.path:
            sys.path.append(_folder)
except Exception:  # noqa: BLE001 - a broken plug-in must not stop Nuke
    import traceback

    traceback.print_exc()
