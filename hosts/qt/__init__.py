# SPDX-License-Identifier: GPL-3.0-or-later
"""Widgets shared by Nuke and the window of its own; needs PySide2 or PySide6, whichever the program has loaded."""
