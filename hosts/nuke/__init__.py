# SPDX-License-Identifier: GPL-3.0-or-later
"""Ramses Plates inside Nuke: Read nodes of published plates, placed by timecode and kept up to date.

`plate` and `standing` only look at the disk and may run in any thread; `reads` and `updates` edit the script and
belong on the main thread.
"""
