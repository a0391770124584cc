# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishes one pickled job in a process of its own, to be raced against others or killed: `publish_worker.py JOB`.

The interpreter may run bare (-I -S): the folders to import from are given after the job. One line says how it ended.
With FROZEN=1 in the environment it stops for good after the seal, before the commit.
"""

from __future__ import annotations

import os
import pickle
import sys
import time


def main(path: str, *places: str) -> int:
    sys.path[:0] = places
    from ramses_plates.core.errors import PlatesError
    from ramses_plates.core.publish import publish

    with open(path, "rb") as file:
        job = pickle.load(file)

    def freeze(_version: int, _folder: str) -> None:
        print("sealed", flush=True)
        time.sleep(600)

    start = float(os.environ.get("START", "0"))
    while time.time() < start:
        pass
    try:
        done = publish(job, jobs=1, sealed=freeze if os.environ.get("FROZEN") else None)
    except PlatesError as error:
        print(f"{type(error).__name__}: {error}")
        return 1
    print(done.version)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
