# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts a placed plate into Blender: movie clip, camera background, image plane, texture, sequencer strip.

Which source frame shows at scene frame F: a clip's file number is (number in its path) + offset + F - frame_start; an
image's is F - frame_start + 1 + offset; a strip's index counts from 1 at its start. No operator of Blender's own is
used to load: they guess start and speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

from ...core.clip import Clip
from ...core.conform import BLENDER, place, start_facts
from ...core.errors import PlacementRefused, ReadFailed, TimecodeError
from ...core.placement import Placement, Policy, StartFacts
from ...core.placement_record import Recorded
from ...core.project_facts import load_facts
from ...core.published_footage import recorded
from ...core.redelivery import version_clip
from ...core.timecode import Timecode, rate_of, rate_text
from ...core.versions import PublishedVersion


@dataclass(frozen=True)
class Loaded:
    """A version with everything that putting it in needs; read from the disk by the worker."""

    version: PublishedVersion
    clip: Clip
    recorded: Recorded
    colorspace: str
    step_settings: str | None = None

    @property
    def name(self) -> str:
        """The name of the datablock: shot, step, resource; the version is in its properties."""
        version = self.version
        return " ".join(part for part in (version.shot, version.step, version.resource) if part)


def read_version(version: PublishedVersion) -> Loaded:
    """Everything about a version that is needed to place it. Raises ReadFailed where it holds no clip or several."""
    clip, known = version_clip(version), recorded(version)
    if clip is None or known is None:
        raise ReadFailed("this version holds no clip that can be placed.", version.path, "Verify the version.")
    facts = None if version.problem else version.facts
    project = load_facts(version.project_root)
    step = project.step(version.step) if project is not None else None
    space = (facts.colorspace or "") if facts is not None else ""
    return Loaded(version, clip, known, space, step.settings if step is not None else None)


def placed(loaded: Loaded, policy: Policy, rate: Any, setting: StartFacts | None = None) -> Placement:
    """Where the plate sits in a scene of this rate. Raises PlacementRefused with the reason."""
    known = loaded.recorded
    return place(
        known.footage,
        policy,
        shot_start=start_facts(known, loaded.step_settings, setting),
        event=known.event,
        project_rate=rate,
        limits=BLENDER,
    )


def load_clip(loaded: Loaded, placement: Placement) -> Any:
    """A new movie clip. Raises PlacementRefused for numbers that Blender's clips cannot show."""
    _refuse_minus(loaded)
    clip = bpy.data.movieclips.load(loaded.clip.first_path)
    clip.name = loaded.name
    clip.use_fake_user = True  # Blender does not save a clip that nothing shows yet
    set_clip(clip, loaded, placement)
    return clip


def set_clip(clip: Any, loaded: Loaded, placement: Placement) -> None:
    """Point a movie clip at the plate. Raises PlacementRefused as load_clip does."""
    _refuse_minus(loaded)
    clip.filepath = loaded.clip.first_path
    clip.frame_start = placement.timeline_first
    clip.frame_offset = 0
    write_facts(clip.ramses, loaded, placement)


def add_background(scene: Any, clip: Any) -> str:
    """Show a movie clip behind the scene's camera; a sentence where a camera had to be made."""
    note = ""
    if scene.camera is None or scene.camera.type != "CAMERA":
        camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
        scene.collection.objects.link(camera)
        scene.camera = camera
        note = "The scene had no camera: one was made."
    data = scene.camera.data
    data.show_background_images = True
    background = next((one for one in data.background_images if one.clip == clip), None)
    background = background or data.background_images.new()
    background.source = "MOVIE_CLIP"
    background.clip = clip
    background.frame_method = "FIT"
    background.display_depth = "BACK"
    return note


def load_image(loaded: Loaded, placement: Placement) -> Any:
    """A new image datablock. Raises PlacementRefused for numbers that Blender's images cannot show."""
    _refuse_numbers(loaded, placement)
    image = bpy.data.images.load(loaded.clip.first_path)
    image.name = loaded.name
    set_image(image, loaded, placement)
    return image


def set_image(image: Any, loaded: Loaded, placement: Placement) -> None:
    """Point an image at the plate. One frame alone is a still: as a sequence it would be seen on its frame only."""
    _refuse_numbers(loaded, placement)
    still = loaded.clip.kind == "sequence" and len(loaded.clip.frames) == 1
    image.source = "FILE" if still else {"sequence": "SEQUENCE", "movie": "MOVIE"}.get(loaded.clip.kind, "FILE")
    image.filepath = loaded.clip.first_path
    write_facts(image.ramses, loaded, placement)


def set_image_user(user: Any, placement: Placement) -> None:
    """Have the user of an image show the right frame; its length must be said, Blender does not find it."""
    user.frame_start = placement.timeline_first
    user.frame_offset = placement.first_file_frame - 1
    user.frame_duration = placement.last_file_frame - placement.first_file_frame + 1
    user.use_auto_refresh = True
    user.use_cyclic = False


def make_material(image: Any, placement: Placement) -> Any:
    """A material that emits the plate as it is: lights do not touch it."""
    material: Any = bpy.data.materials.new(image.name)
    if material.node_tree is None:  # always there from Blender 5.0
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    texture, emission = nodes.new("ShaderNodeTexImage"), nodes.new("ShaderNodeEmission")
    output = nodes.new("ShaderNodeOutputMaterial")
    texture.image = image
    set_image_user(texture.image_user, placement)
    texture.extension = "CLIP"
    links.new(texture.outputs["Color"], emission.inputs["Color"])
    links.new(emission.outputs["Emission"], output.inputs["Surface"])
    texture.location, emission.location, output.location = (-600, 0), (-200, 0), (0, 0)
    return material


def make_plane(scene: Any, image: Any, placement: Placement, aspect: float) -> Any:
    """A plane that fills the camera's frame, hung to the camera; without a camera it stands upright at the origin.

    `aspect` is the plate's width over its height, pixel aspect included: it is fitted into the frame.
    """
    camera = scene.camera if scene.camera is not None and scene.camera.type == "CAMERA" else None
    left, right, bottom, top, depth = _frame(scene, camera)
    width, height = right - left, top - bottom
    if width / height > aspect:
        width = height * aspect
    else:
        height = width / aspect
    middle = ((left + right) / 2, (bottom + top) / 2)
    corners = [
        (middle[0] + width / 2 * x, middle[1] + height / 2 * y, depth) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    mesh = bpy.data.meshes.new(image.name)
    mesh.from_pydata(corners, [], [(0, 1, 2, 3)])
    layer = mesh.uv_layers.new(name="UVMap")
    for at, place_ in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
        layer.data[at].uv = place_
    mesh.materials.append(make_material(image, placement))
    plane = bpy.data.objects.new(image.name, mesh)
    scene.collection.objects.link(plane)
    if camera is not None:
        plane.parent = camera
    else:
        plane.rotation_euler[0] = 1.5707963267948966
    return plane


def _frame(scene: Any, camera: Any) -> tuple[float, float, float, float, float]:
    """(left, right, bottom, top, depth) of the camera's frame in its own space, at a tenth of its far clip."""
    if camera is None:
        return -1.0, 1.0, -1.0, 1.0, 0.0
    corners = camera.data.view_frame(scene=scene)
    depth = -min(10.0, camera.data.clip_end * 0.9)
    grow = depth / corners[0].z if camera.data.type == "PERSP" else 1.0
    xs, ys = [corner.x * grow for corner in corners], [corner.y * grow for corner in corners]
    return min(xs), max(xs), min(ys), max(ys), depth


def aspect_of(loaded: Loaded, image: Any) -> float:
    """Width over height of the plate as it is to be seen."""
    facts = None if loaded.version.problem else loaded.version.facts
    width, height = image.size[0] or 16, image.size[1] or 9
    if facts is not None and facts.display is not None:
        width, height = facts.display
    pixel = float(facts.pixel_aspect) if facts is not None and facts.pixel_aspect else 1.0
    return width * pixel / height


def write_facts(record: Any, loaded: Loaded, placement: Placement) -> None:
    """Keep on the datablock what Blender cannot read from the files."""
    version, footage = loaded.version, loaded.recorded.footage
    record.root, record.folder = version.project_root, version.folder
    record.shot, record.step, record.resource = version.shot, version.step, version.resource
    record.version, record.state = version.number, version.state
    record.start_timecode = "" if placement.start_timecode is None else str(placement.start_timecode)
    record.rate = "" if placement.rate is None else rate_text(placement.rate)
    record.reel = footage.reel or ""
    record.policy, record.reason = placement.policy, placement.reason
    record.missing = str(loaded.clip.missing)
    record.first_file_frame, record.last_file_frame = placement.first_file_frame, placement.last_file_frame
    record.timeline_first = placement.timeline_first
    record.cut_in, record.cut_out = placement.cut_in, placement.cut_out


def set_colorspace(datablock: Any, wanted: str) -> str:
    """Set the colour space where this scene's configuration offers it, else say so; "" where all is well."""
    if not wanted:
        return ""
    settings = datablock.colorspace_settings
    offered = [item.identifier for item in settings.bl_rna.properties["name"].enum_items]
    found = next((name for name in offered if name.casefold() == wanted.casefold()), None)
    if found is None:
        return f"This scene's colour configuration has no {wanted}: {datablock.name} stays in {settings.name}."
    settings.name = found
    return ""


def set_own_colorspace(datablock: Any, loaded: Loaded) -> str:
    """Forget the colour space of other files: the plate's own where it is offered, else what Blender takes for a file
    of this format. Its name.
    """
    fresh: Any = bpy.data.movieclips.load(loaded.clip.first_path)
    datablock.colorspace_settings.name = fresh.colorspace_settings.name
    bpy.data.movieclips.remove(fresh)
    set_colorspace(datablock, loaded.colorspace)
    return str(datablock.colorspace_settings.name)


def mark_cut(scene: Any, record: Any) -> None:
    """Mark the cut on the timeline, once; `record` is a plate's RamsesPlate."""
    for name, frame in (("Cut in", record.cut_in), ("Cut out", record.cut_out)):
        label = f"{name} {timecode_at(record, frame)}".rstrip()
        marker = next((one for one in scene.timeline_markers if one.name.startswith(name)), None)
        if marker is None:
            scene.timeline_markers.new(label, frame=frame)
        else:
            marker.name, marker.frame = label, frame


def timecode_at(record: Any, frame: int) -> str:
    """The source timecode at a scene frame, counted by us: Blender's own is wrong at NTSC rates. "" = none."""
    if not record.start_timecode or not record.rate:
        return ""
    try:
        start = Timecode.parse(record.start_timecode, rate_of(record.rate))
    except TimecodeError:
        return ""
    return str(start + (frame - record.timeline_first))


def _refuse_numbers(loaded: Loaded, placement: Placement) -> None:
    """Images end where scenes do, but by the number of the file; movie clips and strips do not. Without a word."""
    _refuse_minus(loaded)
    if loaded.clip.kind == "sequence" and placement.last_file_frame > BLENDER.highest:
        text = f"Blender's images show no file numbers above {BLENDER.highest:,}, this plate goes up to "
        advice = "Load it as movie clip, camera background or strip."
        raise PlacementRefused(f"{text}{placement.last_file_frame:,}.", loaded.clip.first_path, advice)


def _refuse_minus(loaded: Loaded) -> None:
    """Clips and images take the minus of a file's number for a part of its name, and count the wrong way."""
    if loaded.clip.kind == "sequence" and loaded.clip.frames.first < 0:
        text = "Blender's clips and images show no file numbers below 0, this plate begins at "
        advice = "Load it as strip, or have it numbered from 0 up."
        raise PlacementRefused(f"{text}{loaded.clip.frames.first}.", loaded.clip.first_path, advice)


def refuse_stills(loaded: Loaded) -> None:
    """A single picture has no frames that a clip could show."""
    if loaded.clip.kind == "still":
        raise PlacementRefused("A still is no movie clip.", loaded.clip.first_path, "Load it as plane or texture.")
