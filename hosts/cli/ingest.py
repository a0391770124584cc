# SPDX-License-Identifier: GPL-3.0-or-later
"""The verb `ingest`: a delivery becomes published versions."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from ...core.cache import ProbeCache
from ...core.editorial.read import read_edit
from ...core.events import Cancel, Listener
from ...core.finding import Finding
from ...core.ingest import Pictures, Register, carry_out, make_pictures, plan_delivery
from ...core.manifest_report import manifest_documents
from ...core.match import parse_criteria
from ...core.placement import StartFacts
from ...core.plan import Plan, PlanOptions
from ...core.preview import missing_libraries
from ...core.preview_set import PreviewWish, lacks_previews, make_preview_set
from ...core.project_view import project_view
from ...core.rules import BUILTIN, load_rules
from ...core.run import ClipResult, RunResult
from ...core.versions import PublishedVersion
from . import watch
from .options import add_jobs, add_output, add_root, project_root
from .options import rate as rate_type
from .options import size as size_type
from .output import OK, REFUSED, USAGE, Progress, printable, say, size_text, table, write_json
from .preview import add_proxy, proxy_options
from .session import connect


def add(verb: str, parser: argparse.ArgumentParser) -> None:
    """Options of `ingest`."""
    del verb
    parser.add_argument("delivery", nargs="*", metavar="DELIVERY", help="folders or files of the delivery")
    watch.add(parser)
    add_root(parser)
    parser.add_argument("--project", metavar="ID", help="the project's short name (default: known from its folder)")
    parser.add_argument("--step", metavar="STEP", help="the step to publish to (default: the name's, else PLATE)")
    parser.add_argument("--state", metavar="STATE", default="WIP", help="the state of new versions (default: WIP)")
    parser.add_argument("--edl", metavar="FILE", help="an edit (EDL, OTIO, AAF, XML, ALE) that names the shots")
    parser.add_argument("--rules", metavar="FILE", help="naming rules; without it the built-in ones")
    parser.add_argument("--rate", type=rate_type, metavar="R", help="the true rate of all clips, whatever they say")
    parser.add_argument("--project-rate", type=rate_type, metavar="R", help="the project's rate, where unknown")
    parser.add_argument("--project-size", type=size_type, metavar="WxH", help="the project's size, where unknown")
    parser.add_argument("--match", metavar="CRITERIA", default="reel,timecode,name", help="what must fit the edit")
    parser.add_argument("--incomplete", choices=("refuse", "publish"), help="what to do with clips that have gaps")
    parser.add_argument("--patch", action="store_true", help="complete a published version with these few frames")
    parser.add_argument("--colorspace", metavar="NAME", help="the colour space of all clips")
    parser.add_argument("--verify", choices=("size", "copy", "full"), default="full", help="how copies are checked")
    parser.add_argument("--mhl", action="append", metavar="PATH", help="a manifest that lies outside the delivery")
    parser.add_argument(
        "--check-mhl",
        choices=("copy", "plan", "off"),
        default="copy",
        help="compare the vendor's manifests while copying, already while planning, or not (default: copy)",
    )
    parser.add_argument("--start", type=int, metavar="FRAME", help="the shots' start frame, where nobody knows it")
    parser.add_argument("--quick", action="store_true", help="read the header of the first frame only")
    parser.add_argument("--offline", action="store_true", help="do not look for Ramses; registrations wait")
    parser.add_argument("--no-preview", action="store_true", help="make no preview pictures")
    add_proxy(parser)
    parser.add_argument("--dry-run", action="store_true", help="show the plan and touch nothing")
    parser.add_argument("--yes", action="store_true", help="publish without asking")
    add_jobs(parser)
    add_output(parser)


def run(arguments: argparse.Namespace, cancel: Cancel) -> int:
    """Plan, ask, publish, tell."""
    if bool(arguments.delivery) == (arguments.watch is not None):
        say("ramses-plates ingest: name a DELIVERY, or a folder with --watch.", sys.stderr)
        return USAGE
    if arguments.watch is not None:
        return watch.run(arguments, cancel, _pictures(arguments))
    progress = Progress(arguments.events)
    options, register = plan_options(arguments, cancel)
    plan = plan_delivery(
        [os.path.abspath(path) for path in arguments.delivery],
        options,
        every_frame=not arguments.quick,
        jobs=arguments.jobs,
        cache=ProbeCache(),
        listen=progress,
        cancel=cancel,
    )
    progress.finish()
    if not _may_publish(arguments, plan):
        return _stop_after_plan(arguments, plan, progress, cancel)
    pictures = _pictures(arguments)
    result = carry_out(plan, register=register, pictures=pictures, jobs=arguments.jobs, listen=progress, cancel=cancel)
    progress.finish()
    if arguments.json:
        write_json(result.document())
    else:
        _show_result(result)
    return OK if result.ok and not cancel.is_set else REFUSED


def _pictures(arguments: argparse.Namespace) -> Pictures | None:
    wish = PreviewWish(proxy=proxy_options(arguments), stills=not arguments.no_preview)
    return preview_maker(arguments.jobs, wish) if wish.stills or wish.proxy else None


def preview_maker(jobs: int | None, wish: PreviewWish | None = None) -> Pictures | None:
    """What makes the previews of a run; None, with a word about it, where the libraries for pictures are missing."""
    lacking = missing_libraries()
    if lacking:
        say(lacking, sys.stderr)
        return None

    def make(versions: Sequence[PublishedVersion], listen: Listener, cancel: Cancel) -> Sequence[str]:
        wanted = [version for version in versions if lacks_previews(version, wish)]
        return make_preview_set(wanted, wish, jobs=jobs, listen=listen, cancel=cancel).notes if wanted else ()

    return make


def plan_options(arguments: argparse.Namespace, cancel: Cancel) -> tuple[PlanOptions, Register | None]:
    """Everything the plan depends on, from the arguments, the project folder and Ramses where it runs."""
    cancel.check()
    root = project_root(arguments.root)
    session = connect(root, arguments.offline, arguments.project)
    view = project_view(root, session.facts, arguments.project, arguments.project_rate, arguments.project_size)
    edit = read_edit(arguments.edl, view.spec.rate) if arguments.edl else None
    start = None if arguments.start is None else StartFacts(arguments.start, source="--start")
    options = PlanOptions(
        root=root,
        view=view,
        step=arguments.step,
        state=arguments.state,
        rules=load_rules(arguments.rules) if arguments.rules else BUILTIN,
        edit=edit,
        criteria=parse_criteria(arguments.match),
        rate=arguments.rate,
        incomplete=arguments.incomplete,
        patch=arguments.patch,
        colorspace=arguments.colorspace,
        verify=arguments.verify,
        start=start,
        manifests=tuple(os.path.abspath(path) for path in arguments.mhl or ()),
        check_manifests=arguments.check_mhl,
    )
    return options, session.register


def _may_publish(arguments: argparse.Namespace, plan: Plan) -> bool:
    """True where publishing was asked for: by --yes, or by a person at a terminal who has seen the plan."""
    if arguments.dry_run or not plan.to_publish:
        return False
    if arguments.yes:
        return True
    if arguments.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    show_plan(plan)
    say(f"\nPublish {len(plan.to_publish)} clips, {size_text(plan.bytes)}? [y/N] ", sys.stderr)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _stop_after_plan(arguments: argparse.Namespace, plan: Plan, listen: Listener, cancel: Cancel) -> int:
    """Show the plan. 0 only where a dry run found nothing in the way, or where all is published already."""
    result = only_planned(plan)
    if arguments.yes and not arguments.dry_run:
        result = with_pictures(result, _pictures(arguments), listen, cancel)
    bad = any(clip.status in ("refused", "failed") for clip in result.clips)
    if arguments.json:
        write_json(result.document())
    else:
        show_plan(plan)
        for warning in result.warnings:
            say(f"\n{warning}")
        if plan.to_publish and not arguments.dry_run:
            say("\nNothing was published: add --yes to publish this plan.")
    waiting = bool(plan.to_publish) and not arguments.dry_run
    return REFUSED if bad or waiting else OK


def only_planned(plan: Plan) -> RunResult:
    """The result of a run that publishes nothing."""
    return RunResult("", plan, tuple(ClipResult(clip, clip.status) for clip in plan.clips), 0.0, 0.0, "")


def with_pictures(result: RunResult, pictures: Pictures | None, listen: Listener, cancel: Cancel) -> RunResult:
    """Make what an earlier run that was killed left unmade."""
    if pictures is None:
        return result
    return replace(result, warnings=(*result.warnings, *make_pictures(result, pictures, listen, cancel)))


def show_plan(plan: Plan) -> None:
    """The plan as a table, and below it what the person should know."""
    rows = []
    for clip in plan.clips:
        shot = " ".join(filter(None, (clip.sequence, clip.shot, clip.resource))) or "-"
        version = f"{clip.version:03d}" if clip.version else "-"
        timecode = clip.media.start_timecode or "-"
        rows.append(
            [clip.status, shot, version, str(clip.clip.count), timecode, size_text(clip.bytes), clip.clip.label]
        )
    say(table(rows, ("status", "shot", "version", "files", "timecode", "size", "clip")) if rows else "No clips found.")
    for clip in plan.clips:
        _show_findings(clip.clip.label, clip.findings)
    if plan.ignored:
        say(f"\nLeft out {len(plan.ignored)}:")
        for entry in plan.ignored[:10]:
            say(f"  {printable(entry.path)}: {entry.reason}")
        if len(plan.ignored) > 10:
            say(f"  ... and {len(plan.ignored) - 10} more")
    for text in plan.warnings:
        say(f"Warning: {printable(text)}")
    if plan.findings:
        _show_findings("The delivery as a whole", plan.findings)
    clips = tuple(ClipResult(clip, clip.status) for clip in plan.clips)
    _show_manifests(RunResult("", plan, clips, 0.0, 0.0, ""))


def _show_manifests(result: RunResult) -> None:
    """A line per manifest of the delivery; what is wrong was named among the findings."""
    for entry in manifest_documents(result):
        if entry["error"] is None:
            bad = "".join(
                f", {len(entry[key])} {word}"
                for key, word in (
                    ("mismatched", "different"),
                    ("missing", "missing"),
                    ("extra", "not listed"),
                    ("not_checked", "not compared yet" if not result.run else "not compared"),
                )
                if entry[key]
            )
            said = f"{entry['listed']} listed, {entry['matching']} match{bad}"
            say(printable(f"Manifest {os.path.basename(entry['path'])}: {said}."))


def _show_findings(label: str, findings: Sequence[Finding]) -> None:
    shown = [finding for finding in findings if finding.severity != "info"]
    if shown:
        say(f"\n{printable(label)}")
    for finding in shown:
        where = f"{finding.file}: " if finding.file else ""
        say(printable(f"  {finding.severity}: {where}{finding.message} {finding.advice}".rstrip()))


def _show_result(result: RunResult) -> None:
    """What happened to every clip and where everything went."""
    rows = []
    for clip in result.clips:
        planned = clip.planned
        shot = " ".join(filter(None, (planned.sequence, planned.shot, planned.resource))) or "-"
        folder = clip.published.folder if clip.published else (planned.folder or "-")
        rows.append([clip.status, shot, str(planned.clip.count), planned.clip.label, folder])
    say(table(rows, ("status", "shot", "files", "clip", "folder")))
    for clip in result.clips:
        _show_findings(clip.planned.clip.label, (*clip.planned.findings, *clip.findings))
    copied = sum(clip.published.bytes for clip in result.clips if clip.published)
    say(f"\nRun {result.run}: {size_text(copied)} in {result.seconds:.1f} s. Ramses: {result.registered}.")
    for text in result.warnings:
        say(f"Warning: {printable(text)}")
    if result.plan.findings:
        _show_findings("The delivery as a whole", result.plan.findings)
    _show_manifests(result)
    if result.report:
        say(f"Report: {os.path.join(result.plan.options.root, *result.report.split('/'))}")
