"""A red picture, and how to know it again."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (600, 900), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()


def red(data: bytes) -> bool:
    with Image.open(BytesIO(data), formats=["JPEG"]) as image:
        pixel = image.getpixel((50, 50))
    return pixel[0] > 180 and pixel[1] < 60
