# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a Blender with a window: installs the zip, goes through an artist's day, has pictures taken on the way.

Started by screenshots_blender.py; /scene is its folder there. A generator says how long to wait or what to take; a
timer carries it on, so that Blender draws and handles events in between as it does for a person.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from collections.abc import Generator
from importlib import import_module
from typing import Any

import bpy

SCENE, ROOT = "/scene", "/scene/projects/MOON"
MODULE = "bl_ext.user_default.ramses_plates"
ORDER = ("shot", "ingest", "load", "versions", "publish", "import")
Walk = Generator[Any, None, None]

results: list[tuple[str, bool]] = []


def check(sentence: str, good: object) -> None:
    """Note whether something is as it should be."""
    results.append((sentence, bool(good)))
    print("CHECK", sentence, bool(good), flush=True)


def window() -> Any:
    """The one window."""
    return bpy.context.window_manager.windows[0]


def area_of(kind: str) -> Any:
    """The largest area of a type."""
    return max((one for one in window().screen.areas if one.type == kind), key=lambda one: one.width * one.height)


def region_of(area: Any, kind: str) -> Any:
    """A region of an area."""
    return next(one for one in area.regions if one.type == kind)


def session() -> Any:
    """The add-on's lists and messages."""
    return bpy.context.window_manager.ramses


def chosen() -> Any:
    """The artist's choices."""
    return window().scene.ramses


def call(name: str, **options: Any) -> Any:
    """Press a button: the operator is invoked, as by a mouse."""
    area = area_of("VIEW_3D") if any(one.type == "VIEW_3D" for one in window().screen.areas) else None
    place = {"window": window()}
    if area is not None:
        place |= {"area": area, "region": region_of(area, "WINDOW")}
    with bpy.context.temp_override(**place):
        return getattr(bpy.ops.ramses, name)("INVOKE_DEFAULT", **options)


def busy() -> bool:
    """True while a task of ours works, or Blender's viewport render."""
    tasks = import_module(f"{MODULE}.hosts.blender.tasks")
    return tasks.running() is not None or len(window().modal_operators) > 0


def done(limit: float = 60.0) -> Walk:
    """Wait for the end of what was started."""
    until = time.monotonic() + limit
    yield 0.3
    while busy():
        if time.monotonic() > until:
            check(f"a task ended within {limit:g} seconds", False)
            return
        yield 0.1
    yield 0.4


def only(*names: str) -> None:
    """Have these panels alone, opened: a guide's picture shows one thing."""
    for kind in ("view3d", "clip", "sequencer"):
        for name in ORDER:
            panel = getattr(bpy.types, f"RAMSES_PT_{kind}_{name}", None)
            if panel is not None:
                panels[f"{kind}_{name}"] = panel
                bpy.utils.unregister_class(panel)
        for name in ORDER:
            if name in names:
                panel = panels[f"{kind}_{name}"]
                panel.bl_options = set()
                bpy.utils.register_class(panel)


panels: dict[str, Any] = {}


def take(name: str, kind: str = "VIEW_3D", left: int = 620, height: int = 0, whole: bool = False) -> Walk:
    """A picture of an area's right part: `left` pixels of its content and the whole sidebar."""
    area = area_of(kind)
    for one in window().screen.areas:
        one.tag_redraw()
    yield 0.6
    sidebar = region_of(area, "WINDOW" if whole else "UI")
    right = area.x + min(area.width, 1300) if whole else sidebar.x + sidebar.width + 18
    x = area.x if whole else max(area.x, sidebar.x - left)
    top = window().height - (area.y + area.height)
    tall = min(area.height, height) if height else area.height
    wish = {"name": f"blender-{name}.png", "area": [x, top, min(right, area.x + area.width) - x, tall]}
    path = os.path.join(SCENE, "wish.json")
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump(wish, file)
    os.replace(f"{path}.new", path)
    while os.path.exists(path):
        yield 0.1


def sidebar(kind: str, width: int = 380) -> Walk:
    """Open the sidebar on our tab and drag its edge to that width, as a person does."""
    area = area_of(kind)
    area.spaces.active.show_region_ui = True
    yield 0.5
    region = region_of(area, "UI")
    region.active_panel_category = "Ramses"
    yield 0.5
    x, y = region.x + 3, region.y + region.height - 60
    target = region.x + region.width - width
    for what, value, at in (
        ("MOUSEMOVE", "NOTHING", x),
        ("LEFTMOUSE", "PRESS", x),
        ("MOUSEMOVE", "NOTHING", x - 20),
        ("MOUSEMOVE", "NOTHING", target),
        ("LEFTMOUSE", "RELEASE", target),
        ("MOUSEMOVE", "NOTHING", 400),
    ):
        window().event_simulate(type=what, value=value, x=at, y=y)
        yield 0.1
    print("SIDEBAR", kind, region.width, flush=True)


def installed() -> Walk:
    """The zip through Blender's own operators."""
    path = os.path.join(SCENE, "extension.zip")
    with bpy.context.temp_override(window=window()):
        bpy.ops.extensions.package_install_files(filepath=path, repo="user_default", enable_on_install=True)
    yield 1.0
    check("the zip is installed and enabled", MODULE in bpy.context.preferences.addons)


def stage() -> Walk:
    """A scene for a matchmover: a camera, a cube in place of a set, the shot's size."""
    scene = window().scene
    scene.render.resolution_x, scene.render.resolution_y = 960, 540
    scene.render.fps = 24
    scene.view_settings.view_transform = "Standard"
    scene.camera.location, scene.camera.rotation_euler = (0, -9, 1.6), (1.5, 0, 0)
    space = area_of("VIEW_3D").spaces.active
    space.overlay.show_floor = True
    space.shading.type = "SOLID"
    space.region_3d.view_perspective = "CAMERA"
    space.show_gizmo = False
    yield 0.5


def shot() -> Walk:
    """Nothing chosen; a project chosen; a scene saved in its step."""
    only("shot")
    yield 1.5
    yield from take("shot-empty", left=160, height=420)
    chosen().root, chosen().project = ROOT, "MOON"
    chosen().sequence, chosen().shot, chosen().step = "SEQ010", "SH010", "TRACK"
    yield 2.0
    call("save")
    yield from done()
    check("the scene is saved in its step", bpy.data.filepath.endswith("MOON_S_SH010_TRACK.blend"))
    yield 1.0
    check("the panel knows that Ramses is on", "is on: MOON" in _seen().ramses)
    yield from take("shot", left=160, height=420)


def _seen() -> Any:
    return import_module(f"{MODULE}.hosts.blender.watch").seen(bpy.context)


def ingest() -> Walk:
    """A delivery is looked at, edited, published."""
    only("ingest")
    yield 0.5
    yield from take("ingest-empty", left=160, height=420)
    chosen().delivery = f"{SCENE}/from_vendor/day_16"
    call("ingest_plan")
    yield from done()
    check("the delivery is planned", [row.status for row in session().clips] == ["planned"] * 2)
    chosen().delivery = f"{SCENE}/from_vendor/day_14"
    call("ingest_plan")
    yield from done()
    yield from take("ingest", left=160, height=700)


def load() -> Walk:
    """The versions of the shot; the newest but one as camera background."""
    only("load")
    call("list_versions")
    yield from done()
    call("load_plate", kind="BACKGROUND", folder=session().versions[0].folder)
    yield from done()
    window().scene.frame_set(1012)
    check("a plate is behind the camera", len(bpy.data.movieclips) == 1)
    yield from take("load", left=760, height=760)


def versions() -> Walk:
    """A newer delivery arrives: the plate is outdated, then updated."""
    only("versions")
    chosen().delivery = f"{SCENE}/from_vendor/day_16"
    call("ingest_plan")
    yield from done()
    call("ingest_publish")
    yield from done()
    yield from publish_report()
    call("check_versions")
    yield from done()
    check("the plate is outdated", [row.standing for row in session().plates] == ["outdated"])
    only("versions")
    yield from take("plates", left=160, height=480)
    call("update_plates")
    yield from done()
    check("the plate is updated", [row.standing for row in session().plates] == ["newest"])


def publish_report() -> Walk:
    """What a publish of plates says."""
    only("ingest")
    yield from take("published", left=160, height=700)


def publish() -> Walk:
    """Findings with their cures, a version, a preview of the viewport."""
    only("publish")
    outside = os.path.join(SCENE, "downloads")
    os.makedirs(outside, exist_ok=True)
    image = bpy.data.images.new("sky", 64, 64)
    image.filepath_raw, image.file_format = os.path.join(outside, "sky.png"), "PNG"
    image.save()
    image.use_fake_user = True
    window().scene.render.fps = 25
    call("check_scene")
    yield from done()
    yield from take("publish", left=160, height=740)
    call("bring_in")
    yield from done()
    check("the file from outside is a copy in the step", "/_sources/" in bpy.data.images["sky"].filepath)
    bpy.ops.ramses.fix(fix="setup")
    scene = window().scene
    scene.frame_start, scene.frame_end = 1001, 1012
    scene.frame_set(1001)
    call("preview")
    yield from done(180)
    _check_preview()
    chosen().comment = "camera solved, 0.4 px"
    call("publish")
    yield from done()
    check("the scene is published", "is published" in session().message)
    session().checks.clear()
    yield from take("publish-done", left=160, height=520)


def off() -> Walk:
    """Without Ramses: a version waits in the outbox, and the panel says so."""
    preferences = bpy.context.preferences.addons[MODULE].preferences
    preferences.offline = True
    call("publish")
    yield from done()
    check("a version waits in the outbox", "later" in session().message)
    only("shot")
    yield 2.0
    yield from take("shot-off", left=160, height=480)
    preferences.offline = False
    call("sync")
    yield from done()
    check("the outbox is delivered", "1 registered" in session().message)
    only("import")
    chosen().import_step = "TRACK"
    yield from take("import", left=160, height=420)
    bpy.context.preferences.active_section = "ADDONS"
    bpy.context.window_manager.addon_search = "Ramses"
    area_of("VIEW_3D").ui_type = "PREFERENCES"
    yield 0.5
    with bpy.context.temp_override(window=window(), area=area_of("PREFERENCES")):
        bpy.ops.preferences.addon_expand(module=MODULE)
    yield from take("preferences", "PREFERENCES", whole=True, height=620)
    area_of("PREFERENCES").ui_type = "VIEW_3D"
    yield 0.5


def _check_preview() -> None:
    folder = f"{ROOT}/05-SHOTS/MOON_S_SH010/MOON_S_SH010_TRACK/_preview"
    path = f"{folder}/MOON_S_SH010_TRACK.mp4"
    check("the viewport's preview is there", os.path.isfile(path))
    if not os.path.isfile(path):
        print("PREVIEW", session().message, os.listdir(folder) if os.path.isdir(folder) else "no folder", flush=True)
        return
    clip = bpy.data.movieclips.load(path)
    check("the preview has every frame", clip.frame_duration == 12)
    bpy.data.movieclips.remove(clip)
    still = bpy.data.images.load(f"{folder}/MOON_S_SH010_TRACK.jpg")
    width, height = still.size
    sky = 4 * (int(height * 0.9) * width + width // 2)
    red, _green, blue = still.pixels[sky : sky + 3]
    check("the plate behind the camera is in the preview", blue > red)
    bpy.data.images.remove(still)


def clip_editor() -> Walk:
    """The tab in the clip editor and in the sequencer."""
    only(*ORDER)
    area_of("VIEW_3D").type = "CLIP_EDITOR"
    yield 0.5
    area_of("CLIP_EDITOR").spaces.active.clip = bpy.data.movieclips[0]
    yield from sidebar("CLIP_EDITOR")
    only("shot", "load", "versions")
    yield from take("clip", "CLIP_EDITOR", left=760, height=860)
    area_of("CLIP_EDITOR").type = "SEQUENCE_EDITOR"
    yield 0.5
    area_of("SEQUENCE_EDITOR").spaces.active.view_type = "SEQUENCER_PREVIEW"
    call("load_plate", kind="STRIP", folder=session().versions[0].folder)
    yield from done()
    yield from sidebar("SEQUENCE_EDITOR")
    yield from take("strip", "SEQUENCE_EDITOR", left=760, height=860)
    area_of("SEQUENCE_EDITOR").type = "VIEW_3D"
    yield 0.5


def events() -> Walk:
    """5,000 clips are looked at, then again and stopped by ESC; how long the add-on holds the window at the worst."""
    only("ingest")
    yield 0.5
    operators = import_module(f"{MODULE}.hosts.blender.tasks").TaskOperator
    holds: dict[str, float] = {}

    def note(name: str, clock: float) -> None:
        holds[name] = max(holds.get(name, 0.0), (time.perf_counter() - clock) * 1000)

    def modal(self: Any, context: Any, event: Any) -> Any:
        clock = time.perf_counter()
        try:
            return before[0](self, context, event)
        finally:
            note("timer", clock)

    def draw(self: Any, context: Any) -> None:
        clock = time.perf_counter()
        before[1](self, context)
        note("drawing", clock)

    panel = panels["view3d_ingest"].__mro__[1]
    before = operators.modal, panel.draw
    operators.modal, panel.draw = modal, draw
    chosen().delivery = f"{SCENE}/many"
    call("ingest_plan")
    yield 1.0
    yield from take("progress", left=160, height=640)
    yield from done(240)
    check("5,000 clips are listed", len(session().clips) == 5000)
    for name, longest in sorted(holds.items()):
        check(f"the {name} held the window for {longest:.0f} ms at the worst (500 is too long)", longest < 500)
    call("ingest_plan")
    yield 0.6
    window().event_simulate(type="ESC", value="PRESS", x=400, y=400)
    yield 0.1
    window().event_simulate(type="ESC", value="RELEASE", x=400, y=400)
    yield from done(60)
    check("ESC stops it", "cancelled" in session().message)
    operators.modal, panel.draw = before


def restore() -> Walk:
    """A saved version comes back as a file of its own; unsaved changes keep it from being opened."""
    only("shot", "publish")
    window().scene.frame_set(1002)
    bpy.ops.ed.undo_push(message="a change")
    try:
        call("restore_version")
    except RuntimeError as problem:
        check("unsaved changes are not lost", "not saved" in str(problem))
    call("save_version")
    yield from done()
    call("restore_version")
    yield from done()
    yield 2.0
    check("a version was restored", "+restored-v" in bpy.data.filepath)
    yield 2.0
    check("the panel lives on in the other file", "SH010" in _seen().label)
    standings = {row.standing for row in session().plates}
    check("the plates of the opened file were looked up", {"newest", "outdated"} >= standings and standings)


def walk() -> Walk:
    """The whole day."""
    bpy.context.preferences.view.show_splash = False
    yield 1.0
    yield from installed()
    only("shot")
    yield from sidebar("VIEW_3D")
    yield from stage()
    for part in (shot, ingest, load, versions, publish, off, clip_editor, events, restore):
        yield from part()
    with open(os.path.join(SCENE, "results.json"), "w", encoding="utf-8") as file:
        json.dump(results, file)


def carry_on(steps: Walk = walk()) -> float | None:  # noqa: B008  the timer hands nothing over
    """The timer: one step of the walk; at its end, or at a fault, Blender quits."""
    try:
        return float(next(steps))
    except StopIteration:
        code = 0
    except BaseException:  # noqa: BLE001  a fault inside a timer would leave the window open for ever
        traceback.print_exc()
        code = 4
    try:
        only(*ORDER)  # all of them, or the add-on would miss some of its own
        import_module("addon_utils").disable(MODULE)
    finally:
        os._exit(code)


bpy.app.timers.register(carry_on, first_interval=1.0, persistent=True)
