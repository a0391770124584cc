# SPDX-License-Identifier: GPL-3.0-or-later
"""What file and folder names say by themselves: footage, by-products of systems, transfers under way.

Extensions are facts of the formats' own documentation and of common use in film pipelines; the names of system
files and of temporary files are those that the named systems and copy tools write.
"""

from __future__ import annotations

import re
from typing import NamedTuple


def words(text: str) -> frozenset[str]:
    """A set written as text."""
    return frozenset(text.split())


# Formats that hold one picture per file, so that a shot is a sequence of numbered files.
IMAGES = words(
    "exr sxr mxr dpx cin tif tiff png apng jpg jpeg jpe jfif jp2 j2k j2c jpc jpf jpx jph jxl tga targa icb vda vst"
    " sgi rgb rgba bw int inta iff pic pict pct rla rpf hdr rgbe xyze pfm ppm pgm pbm pnm pam bmp dib gif webp avif"
    " heic heif psd psb xpm ras sun fits fit tx tex rat ptex dds ktx vrimg"
    " ari arx dng cri cr2 cr3 crw nef nrw arw sr2 srf raf rw2 rwl orf pef srw 3fr fff iiq mef mos mrw dcr kdc erf"
    " x3f"
)
# Formats that hold the whole shot in one file.
MOVIES = words(
    "mov qt mp4 m4v mxf avi mkv webm mpg mpeg mpe m1v m2v mp2v mpv mts m2ts m2t ts vob evo mod tod wmv asf flv f4v"
    " ogv ogm 3gp 3g2 mj2 mjpg mjpeg dv dif gxf lxf ivf y4m h264 264 avc h265 265 hevc rm rmvb divx"
    " r3d braw crm rmf nev cine insv apv"
)
# Pictures that carry texture tiles rather than time.
TEXTURES = words("tx tex rat ptex dds ktx")
# Pictures that no texture is stored in: film scans and camera frames.
PLATE_ONLY = words("dpx cin ari arx dng cri sxr")

_OTHERS = {
    "audio": "wav wave bwf rf64 aif aiff aifc mp3 m4a aac ac3 flac ogg oga opus wma caf omf",
    "an edit list": "edl aaf otio otioz otiod fcpxml fcpxmld ale xmeml avb avp prproj drp drt cpf",
    "a colour file": "cdl cc ccc cube 3dl lut csp spi1d spi3d spimtx clf ctf look amf icc icm ocio vf mga 1dl",
    "a checksum manifest": "mhl md5 sha1 sha256 sha512 xxh xxh64 xxh128 xxhash c4 sfv crc",
    "a scene or project": "nk nknc nkind autosave blend blend1 ma mb hip hipnc hiplc c4d max aep comp setting"
    " katana sfx pft gfx kra xcf afphoto clip tnz tvpp toon",
    "geometry or a cache": "abc fbx obj usd usda usdc usdz vdb bgeo sc geo ply stl gltf glb chan 3de sni pts e57 las",
    "camera metadata": "xmp thm rmd rsx rdc idx cpi bim bdm mpl ifo bup sidecar lrv lrf lrprev smi ctm gpx",
    "a document": "txt md rtf pdf doc docx odt xls xlsx ods csv tsv json xml yml yaml html htm log nfo ini cfg url"
    " ppt pptx key pages numbers eml",
    "an archive (unpack it first)": "zip tar gz tgz bz2 tbz xz txz zst 7z rar iso dmg lz4",
    "a program or script": "py pyc sh bat cmd exe msi app dll so js jsx gizmo tcl mel lua rb",
    "a font": "ttf otf woff woff2",
}
_REASON = {ext: f"not footage: {what} (.{ext})" for what, exts in _OTHERS.items() for ext in exts.split()}

# Extensions that copy tools and browsers put behind the final name while they write.
_TEMPORARY = words(
    "partial part filepart crdownload aspx aspera-ckpt tmp temp copy_in_progress download opdownload incomplete"
    " inprogress uploading !ut !qb aria2"
)
_SYSTEM_FILES = {
    ".ds_store": "a Finder settings file of macOS",
    ".localized": "a Finder settings file of macOS",
    "icon\r": "a folder icon of macOS",
    "thumbs.db": "a thumbnail cache of Windows",
    "ehthumbs.db": "a thumbnail cache of Windows",
    "ehthumbs_vista.db": "a thumbnail cache of Windows",
    "desktop.ini": "a folder settings file of Windows",
    ".directory": "a folder settings file of KDE",
    "lost.dir": "a system file of Android",
}
_SYSTEM_FOLDERS = {
    "@eadir": "a thumbnail folder of a Synology NAS",
    "@tmp": "a work folder of a Synology NAS",
    "@recycle": "a recycle bin",
    "#recycle": "a recycle bin",
    "$recycle.bin": "a recycle bin",
    "recycler": "a recycle bin",
    "recycled": "a recycle bin",
    ".trash": "a recycle bin",
    ".trashes": "a recycle bin",
    "#snapshot": "a snapshot of the storage",
    "~snapshot": "a snapshot of the storage",
    ".snapshot": "a snapshot of the storage",
    ".snapshots": "a snapshot of the storage",
    ".zfs": "a snapshot of the storage",
    "@recently-snapshot": "a snapshot of the storage",
    "__macosx": "resource forks of a macOS archive",
    ".appledouble": "resource forks of macOS",
    "system volume information": "a system folder of Windows",
    "lost+found": "a system folder of the file system",
    ".~tmp~": "a partial transfer (rsync)",
    ".rsync-partial": "a partial transfer (rsync)",
    ".rsync-tmp": "a partial transfer (rsync)",
    "ascmhl": "the ASC MHL history of the folder",
    "__pycache__": "compiled Python",
}
_RSYNC = re.compile(r"\.(.+\.[^.]+)\.[A-Za-z0-9]{6}\Z", re.DOTALL)
_RCLONE = re.compile(r"(.+)\.[0-9a-f]{6,16}\Z", re.DOTALL)
_NFS = re.compile(r"\.(?:nfs|fuse_hidden|smbdelete)[0-9A-Fa-f.]{4,}\Z")
_SYNCTHING = re.compile(r"[.~]syncthing[.~](.+)\Z", re.DOTALL)
_ICLOUD = re.compile(r"\.(.+)\.icloud\Z", re.DOTALL)


class Skipped(NamedTuple):
    """Why a name is no footage. `temporary` says that a transfer or writer is still at work here, `final` the name
    that the file will have then ("" where the temporary name does not tell)."""

    reason: str
    temporary: bool = False
    final: str = ""


def extension(name: str) -> str:
    """The extension in lower case without its dot; "" where the name has none."""
    stem, dot, ext = name.rpartition(".")
    return ext.lower() if dot and stem else ""


def is_footage(ext: str) -> bool:
    """True for the lower-case extension of a picture or movie format."""
    return ext in IMAGES or ext in MOVIES


def skipped(name: str) -> Skipped | None:
    """Why the file of this name is not looked at; None for footage."""
    ext = extension(name)
    if is_footage(ext) and name[0] != ".":
        return None
    system = _SYSTEM_FILES.get(name.lower())
    if system:
        return Skipped(system)
    known = _transfer(name, ext) or (_hidden(name) if name[0] == "." else None)
    if known:
        return known
    if name.endswith("~") and is_footage(ext[:-1]):
        return Skipped("a backup file")
    return Skipped(_REASON.get(ext) or (f"not footage (.{ext})" if ext else "not footage: no extension"))


def skipped_folder(name: str) -> Skipped | None:
    """Why the folder of this name is not entered; None for ordinary folders."""
    reason = _SYSTEM_FOLDERS.get(name.lower())
    if reason:
        return Skipped(reason, temporary=reason.startswith("a partial transfer"))
    if name.lower().startswith(".trash"):
        return Skipped("a recycle bin")
    return Skipped("a hidden folder") if name.startswith(".") else None


def _hidden(name: str) -> Skipped:
    """Dot-names: resource forks, files of copy tools, files that are still open, and hidden ones."""
    if name.startswith("._"):
        return Skipped("an AppleDouble file of macOS")
    if _NFS.match(name):
        return Skipped("a file that somebody still has open on the share", temporary=True)
    for pattern, tool in ((_ICLOUD, "iCloud"), (_RSYNC, "rsync")):
        found = pattern.match(name)
        if found and is_footage(extension(found[1])):
            return Skipped(f"a partial transfer ({tool})", temporary=True, final=found[1])
    return Skipped("a hidden file")


def _transfer(name: str, ext: str) -> Skipped | None:
    """Names such as `plate.1001.exr.part`: the final name and an extension of a copy tool behind it."""
    if ext not in _TEMPORARY or name.startswith("._"):
        return None
    final = name[: -len(ext) - 1]
    while extension(final) in _TEMPORARY:
        final = final.rpartition(".")[0]
    for pattern in (_SYNCTHING, _RCLONE):
        found = pattern.match(final)
        if found and is_footage(extension(found[1])):
            final = found[1]
    return Skipped(f"a partial transfer (.{ext})", temporary=True, final=final.lstrip(".") if extension(final) else "")
