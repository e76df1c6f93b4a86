from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from app.covers.pictures import NotAPictureError, jpegs_of

WIDTHS = {"s": 50, "l": 200}


def picture(width: int = 400, height: int = 600, kind: str = "JPEG", mode: str = "RGB", **more: object) -> bytes:
    out = BytesIO()
    colour = (200, 30, 30, 0) if mode == "RGBA" else 77 if mode in {"L", "P", "1"} else (200, 30, 30)
    Image.new(mode, (width, height), colour).save(out, kind, **more)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def opened(file: bytes) -> Image.Image:
    return Image.open(BytesIO(file))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB"), ("GIF", "P")],
)
def test_a_picture_of_any_usual_kind_becomes_jpegs_of_the_wanted_widths(kind: str, mode: str) -> None:
    data = picture(kind=kind, mode="RGB" if mode == "CMYK" else mode)
    files = jpegs_of(data, WIDTHS)
    assert {name: opened(file).size for name, file in files.items()} == {"s": (50, 75), "l": (200, 300)}
    assert {opened(file).format for file in files.values()} == {"JPEG"}


def test_nothing_is_made_wider_than_it_is() -> None:
    assert opened(jpegs_of(picture(60, 90), WIDTHS)["l"]).size == (60, 90)


def test_what_was_transparent_is_white() -> None:
    assert opened(jpegs_of(picture(kind="PNG", mode="RGBA"), WIDTHS)["s"]).getpixel((20, 20)) == (255, 255, 255)


def test_a_picture_that_lies_on_its_side_is_set_up_and_says_no_more_about_its_camera() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "a camera"
    file = jpegs_of(picture(600, 400, exif=exif), WIDTHS)["l"]
    assert opened(file).size == (200, 300)
    assert b"camera" not in file


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "broken"),
        (b"<html>not found</html>", "broken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'/>", "broken"),
        (picture()[:500], "broken"),
        (picture(kind="PNG")[:200], "broken"),
        (picture(kind="BMP"), "broken"),
        (picture(kind="TIFF"), "broken"),
        (picture(1, 1, "GIF", "P"), "no cover"),
        (picture(39, 200), "no cover"),
        (picture(50, 900), "strip"),
        (png_that_claims(5000, 5000), "too many"),
        (png_that_claims(100_000, 100_000), "broken|too many"),
        (png_that_claims(400, 600), "broken"),
    ],
)
def test_anything_else_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(NotAPictureError, match=why):
        jpegs_of(data, WIDTHS)
