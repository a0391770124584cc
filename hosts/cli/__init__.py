# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal is a host like the others."""
