#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One tool for every chore: `python3 build.py demo`, `python3 build.py test`, and what `python3 build.py` lists."""

import importlib
import sys

if sys.version_info < (3, 10):  # noqa: UP036  an older Python starts this file too, and deserves a sentence
    sys.exit("Ramses Plates needs Python 3.10 or newer; this is " + sys.version.split()[0] + ".")

from tools.places import ChoreFailed

# verb -> (module in tools/ whose `main(arguments)` returns the exit code, what it does)
VERBS = {
    "demo": ("demo", "install, make a small real delivery, ingest it into demo/project, show what happened"),
    "test": ("testing", "every test suite, each in an environment of its own; --table lists them"),
    "faults": ("faults", "kill it, starve it, lie to it: every promise by its test, the figures in build/faults/"),
    "bench": ("benching", "measure against the limits, keep the ratios in bench/RESULTS.md; --quick keeps nothing"),
    "daemon": ("daemon", "a test daemon that answers as the Ramses Client does, for anyone who writes add-ons"),
    "blender": ("blender", "the extension for Blender, in dist/, validated by Blender's own tool"),
    "nuke": ("nuke", "the plug-in for Nuke, in dist/"),
    "screenshots": ("screenshots", "take the pictures of the guides anew, into docs/images"),
    "wheel": ("wheel", "the package for pip, in dist/"),
}


def main() -> int:
    """Run one verb, or list them."""
    verb, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if verb not in VERBS:
        print("python3 build.py VERB\n")
        for name, (_module, about) in VERBS.items():
            print(f"  {name:11} {about}")
        return 0 if verb in ("", "-h", "--help") else 2
    try:
        return int(importlib.import_module(f"tools.{VERBS[verb][0]}").main(arguments))
    except ChoreFailed as error:
        print(f"build.py {verb}: {error}\n{error.advice}".rstrip(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
