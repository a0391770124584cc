# SPDX-License-Identifier: GPL-3.0-or-later
"""The host-agnostic heart: scan, probe, identify, plan, publish, register, report. Knows no host, imports no wheel."""
