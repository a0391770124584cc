# SPDX-License-Identifier: GPL-3.0-or-later
"""The chores behind build.py: environments, tests, benches, demo, wheel. Standard library only; not in the wheel."""
