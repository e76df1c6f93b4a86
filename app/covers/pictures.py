"""Leaf tool: pictures from strangers become small JPEG files, or are refused."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from PIL import Image, ImageOps

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
