# SPDX-License-Identifier: GPL-3.0-or-later
"""A test daemon that behaves like the Ramses Client 0.10, including its faults, for anyone who writes Ramses add-ons.

    python tests/ramses_daemon.py --port 0 --seed demo --fault slow=0.5

It prints the port it listens on and serves until it is stopped, or until a request kills it as it would kill the real
app. What it imitates was measured on the running app: a read is a request, nothing is escaped, setData replaces and
stores {} for broken JSON, objects of other projects are not loaded and writes to them vanish with "Data updated.",
empty ids abort. On top of that it can be slow, silent, cut its replies, break them, or die at any request.

It needs nothing but the standard library. In tests: `with Daemon(demo()) as daemon: ... daemon.port`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))

from ramses_app import App, Died
from ramses_database import PROJECT, USER, Database, demo, empty
from ramses_double import Daemon, Faults

__all__ = ["App", "Daemon", "Database", "Died", "Faults", "demo", "empty", "main"]


def main(arguments: list[str] | None = None) -> int:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--port", type=int, default=18185, help="0 takes any free one (default: 18185)")
    parser.add_argument("--seed", choices=("demo", "empty", "none"), default="demo", help="none = no database open")
    parser.add_argument("--database", help="keep everything in this JSON file; an existing one is opened as it is")
    parser.add_argument("--short-name", default="TEST", help="of the demo project")
    parser.add_argument("--folder", default="", help="the demo project's folder")
    parser.add_argument("--rate", type=float, default=24.0, help="the demo project's frame rate")
    parser.add_argument("--shots", type=int, default=0, help="this many shots instead of five")
    parser.add_argument("--no-user", action="store_true", help="nobody is logged in")
    parser.add_argument("--no-project", action="store_true", help="no project is open")
    parser.add_argument("--version", default="0.10.0-Beta", help="what ping says; 1.* knows no setCurrentProject")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[=VALUE]", help="see class Faults")
    options = parser.parse_args(arguments)
    database: Database | None = None
    if options.seed == "demo":
        rate = int(options.rate) if options.rate.is_integer() else options.rate
        folder = os.path.abspath(options.folder).replace("\\", "/") if options.folder else ""
        database = demo(options.database, options.short_name, folder, options.shots, framerate=rate)
    elif options.seed == "empty":
        database = empty(options.database)
    user, current = "" if options.no_user else USER, None if options.no_project else PROJECT
    try:
        faults = Faults.parse(options.fault)
        daemon = Daemon(database, options.port, faults, user=user, current=current, version=options.version)
    except Died as error:
        print(error, file=sys.stderr)
        return 134
    with daemon:
        print(daemon.port, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while not daemon.gone.wait(0.5):
                pass
        print(daemon.cause, file=sys.stderr)
    return 0 if daemon.cause in ("quit", "stopped") else 134


if __name__ == "__main__":
    raise SystemExit(main())
