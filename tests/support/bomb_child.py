# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands one after the other under limits of memory and time, and says what each cost.

Called with the limits (MiB of address space, seconds of processor per command); commands come as JSON lines on stdin.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import signal
import sys
import time

import peak_memory
from ramses_plates.hosts.cli.main import main


def run(words: list[str]) -> dict[str, object]:
    """One command; the peak is the process's, so it only grows."""
    out, err = io.StringIO(), io.StringIO()
    started = time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code: int | str = main(words)
        except SystemExit as stop:
            code = f"exit {stop.code}"
        except BaseException as error:  # noqa: BLE001 - whatever escapes is what the test looks for
            code = f"{type(error).__name__}: {error}"[:300]
    return {
        "code": code,
        "seconds": time.process_time() - started,
        "peak": peak_memory.kib() // 1024,
        "out": out.getvalue()[-4000:],
        "err": err.getvalue()[-2000:],
    }


if __name__ == "__main__":
    memory, seconds = int(sys.argv[1]) << 20, int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for line in sys.stdin:
        signal.alarm(10 * seconds)  # a machine that is busy with other things must not look like an endless loop
        print(json.dumps(run(json.loads(line))), flush=True)
