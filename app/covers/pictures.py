"""Pictures as small JPEG files: those of strangers, or they are refused, and SVG documents of ours, drawn with the fonts of this machine.

resvg draws the documents of ours; it is not for strangers'. It is told which font each line of text has, since it would draw a box for a
character that no font has, and nothing at all where a machine lacks the families that are named.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import resvg_py
from PIL import Image, ImageOps

from app.covers.fonts import Font, font_for

#: Sixteen megapixels: a scan of a cover has less, and unpacked they take 48 MB for a moment.
MOST_PIXELS = 16_000_000
_LEAST_SIDE = 40
_LONGEST_SHAPE = 4
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 86


class NotAPictureError(Exception):
    """The bytes are no picture that may be shown."""


def jpegs_of(data: bytes, widths: Mapping[str, int]) -> dict[str, bytes]:
    """Return the picture as JPEG files, by the names of the wanted widths in pixels; none is made wider than it is.

    What the file says besides (place, camera, thumbnails) is left out. The size is looked at before anything is unpacked.

    :raises NotAPictureError: for anything but a JPEG, PNG, WebP or GIF, for one that is broken, tiny, huge or a strip.
    """
    try:
        return scaled(_opened(data, max(widths.values())), widths)
    except NotAPictureError:
        raise
    except Exception as broken:  # Pillow raises a dozen kinds for broken files
        raise NotAPictureError(f"broken: {type(broken).__name__}") from broken


def scaled(picture: Image.Image, widths: Mapping[str, int]) -> dict[str, bytes]:
    """Return an RGB picture as JPEG files, by the names of the wanted widths in pixels; none is made wider than it is."""
    return {name: _jpeg(picture, width) for name, width in widths.items()}


def _opened(data: bytes, widest: int) -> Image.Image:
    with Image.open(BytesIO(data), formats=_FORMATS) as picture:
        _ensure_shape(*picture.size)
        picture.draft("RGB", (widest, widest * _LONGEST_SHAPE))
        return _on_white(ImageOps.exif_transpose(picture))


def _ensure_shape(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise NotAPictureError(f"{width} × {height} pixels are too many")
    if min(width, height) < _LEAST_SIDE:
        raise NotAPictureError(f"{width} × {height} pixels are no cover")
    if max(width, height) > _LONGEST_SHAPE * min(width, height):
        raise NotAPictureError("a strip is no cover")


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def _jpeg(picture: Image.Image, width: int) -> bytes:
    copy = picture.copy()
    copy.thumbnail((width, width * _LONGEST_SHAPE))
    out = BytesIO()
    copy.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


_TEXT = "{http://www.w3.org/2000/svg}text"
ET.register_namespace("", "http://www.w3.org/2000/svg")


def rasterize(document: str, width: int) -> Image.Image:
    """Return the document as an RGB picture of this width in pixels; text that no font here can show is left out."""
    root = ET.fromstring(document)  # noqa: S314 - we wrote it ourselves a moment ago
    fonts = [font for text in root.iter(_TEXT) if (font := _set_font(text)) is not None]
    with TemporaryDirectory(prefix="yushu-fonts-") as folder:
        files = {_file_of(font, Path(folder)) for font in fonts}
        drawn = resvg_py.svg_to_bytes(
            svg_string=ET.tostring(root, encoding="unicode"),
            width=width,
            background="white",
            skip_system_fonts=True,
            font_files=sorted(files),
        )
    return Image.open(io.BytesIO(drawn)).convert("RGB")


def _set_font(element: ET.Element) -> Font | None:
    """Name in a line of text the font that it is written in, and leave out what that lacks."""
    found = font_for(element.text or "", bold=element.get("font-weight") == "700")
    font, element.text = found or (None, "")
    if font is not None:
        family, _ = font.getname()
        element.set("font-family", f"'{family}'")
    return font


def _file_of(font: Font, folder: Path) -> str:
    """Return the path of a font's file; the one that Pillow brings is written into the folder."""
    if isinstance(font.path, io.BytesIO):
        file = folder / "built-in.ttf"
        file.write_bytes(font.path.getvalue())
        return str(file)
    return str(font.path)
