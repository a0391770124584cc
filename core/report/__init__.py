# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports: one self-contained page and one JSON document per run."""
