# SPDX-License-Identifier: GPL-3.0-or-later
"""Ramses Plates inside Nuke: what the panels and the menu ask for, done on Nuke's nodes.

`qt_host` is the door: each thing that can be asked is a job, taken down on the main thread, worked on in a thread, and
finished on the main thread. `plate`, `standing` and `publish_work` only look at the disk and run in any thread; all
others touch Nuke, through `nuke_api`, and belong on the main thread. `menu` is what Nuke starts.
"""
