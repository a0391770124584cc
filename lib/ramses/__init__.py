# SPDX-License-Identifier: GPL-3.0-or-later
"""A client for the Ramses Client (the desktop app), safe with the real thing."""

from .client import RamDaemonInterface

__all__ = ["RamDaemonInterface"]
