# SPDX-License-Identifier: GPL-3.0-or-later
"""Ramses Plates: film plates into the Ramses production manager, from Nuke, Blender and the command line."""

__version__ = "0.1.0"
