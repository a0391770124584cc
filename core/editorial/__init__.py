# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits: which source range of which reel belongs to which shot."""
