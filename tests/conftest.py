# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test may rely on: its own user folders, the real media or the one allowed skip, calm hypothesis."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest_plugins = ["ramses_fixtures"]

try:
    from hypothesis import HealthCheck, settings
except ImportError:  # suites inside hosts install no hypothesis
    pass
else:
    # Wall-clock limits fail on a busy machine for no fault of the code, and CI must give one answer per commit.
    settings.register_profile(
        "plates",
        deadline=None,
        derandomize=bool(os.environ.get("CI")),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    settings.load_profile("plates")


@pytest.fixture(scope="session")
def media_folder() -> Path:
    """The folder of real media files; the test is skipped where this machine has none."""
    import real_media

    if real_media.FOLDER is None:
        pytest.skip(real_media.ABSENT)
    return real_media.FOLDER


@pytest.fixture(autouse=True, scope="session")
def own_user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Caches, settings and Ramses of the person who runs the tests stay untouched, and say nothing to the tests."""
    home = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        for name, below in (
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("LOCALAPPDATA", "local"),
            ("APPDATA", "roaming"),
            ("RAMSES_PLATES_SETTINGS", "settings"),
        ):
            patch.setenv(name, str(home / below))
        patch.setenv("RAMSES_PLATES_PORT", "off")
        yield home
