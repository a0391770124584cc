# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the header readers, a part of the cache's keys."""

# Raise it with every change that lets a reader see more, or other, facts.
PROBER_VERSION = 1
