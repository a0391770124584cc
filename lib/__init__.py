# SPDX-License-Identifier: GPL-3.0-or-later
"""Libraries of our own that know nothing of plates."""
