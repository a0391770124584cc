# SPDX-License-Identifier: GPL-3.0-or-later
"""The core's advice speaks of options of the command line; the panel has buttons. No Qt here."""

from __future__ import annotations

import re
from dataclasses import replace

from ...core.finding import Finding

_INSTEAD: tuple[tuple[str, str], ...] = (
    (r"with --incomplete publish", '(Options, "Publish clips with missing frames as they are")'),
    (r"--incomplete refuse holds it back", 'the option "Refuse clips with missing frames" holds it back'),
    (r"as a patch with --patch", 'as a patch (Options, "These frames complete a published version")'),
    (r"Leave out --patch", 'Take the option "These frames complete a published version" back'),
    (r"Say --step (\S+) if", r"Choose step \1 if"),
    (r"or widen the search: --match name\.", "or check how it is named."),
    (r"the rate of the edit \(--rate\)", "the rate of the edit"),
    (r"Give the rate \(--rate\)\.", "Type it into the column Rate."),
    (r"or give a naming rule that reads this name \(see: rules infer\)", "or mark an example (Ctrl+E)"),
)
_PATTERNS = tuple((re.compile(pattern), words) for pattern, words in _INSTEAD)


def for_panel(finding: Finding) -> Finding:
    """The finding with advice that can be followed in the panel."""
    advice = finding.advice
    for pattern, words in _PATTERNS:
        advice = pattern.sub(words, advice)
    return finding if advice == finding.advice else replace(finding, advice=advice)
