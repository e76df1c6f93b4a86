"""Pictures of strangers are made small or refused; documents of ours are drawn as any browser draws them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from app.covers import fonts, pictures
from app.covers.drawing import draw_cover
from app.covers.pictures import NotAPictureError, jpegs_of, rasterize
from app.domain.book import BookFacts

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


RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def svg(inside: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 200">{inside}</svg>'


def at(inside: str, *points: tuple[int, int]) -> list[tuple[int, ...]]:
    image = rasterize(svg(inside), 100)
    assert image.size == (100, 200)
    return [image.getpixel(point) for point in points]


@pytest.mark.parametrize(
    ("inside", "inner", "outer"),
    [
        ('<rect x="10" y="20" width="30" height="40" fill="#ff0000"/>', (12, 58), (42, 30)),
        ('<path d="M10 20h30v40h-30z" fill="#ff0000"/>', (12, 58), (42, 30)),
        ('<path d="M10 20H40V60H10Z" fill="#ff0000"/>', (38, 22), (8, 30)),
        ('<circle cx="50" cy="50" r="20" fill="#ff0000"/>', (50, 68), (65, 65)),
        ('<path d="M10 50C10 20 90 20 90 50Z" fill="#ff0000"/>', (50, 35), (50, 24)),
        (
            '<g transform="translate(50 100) scale(2)"><rect x="0" y="0" width="10" height="10" fill="#ff0000"/></g>',
            (68, 118),
            (72, 110),
        ),
        ('<path d="M10 100h80" stroke="#ff0000" stroke-width="8"/>', (50, 102), (50, 106)),
        ('<path d="M50 50h.01" stroke="#ff0000" stroke-width="20" stroke-linecap="round"/>', (50, 58), (58, 58)),
    ],
)
def test_shapes_are_where_they_should_be(inside: str, inner: tuple[int, int], outer: tuple[int, int]) -> None:
    assert at(inside, inner, outer) == [RED, WHITE]


def test_half_transparent_is_half() -> None:
    [dot] = at('<rect x="0" y="0" width="50" height="50" fill="#000000" fill-opacity=".5"/>', (20, 20))
    assert all(127 <= part <= 128 for part in dot)


def ink(inside: str) -> tuple[int, int, int, int]:
    image = rasterize(svg(inside), 100)
    box = Image.eval(image.convert("L"), lambda value: 255 - value).getbbox()
    assert box is not None
    return box


def test_a_line_of_text_has_its_middle_at_x_and_its_baseline_at_y() -> None:
    left, top, right, bottom = ink('<text x="50" y="100" font-size="20" fill="#000000" text-anchor="middle">HHH</text>')
    assert abs((left + right) / 2 - 50) <= 1
    assert abs(bottom - 100) <= 1
    assert 80 <= top <= 90


def test_a_line_of_text_can_be_turned_and_squeezed() -> None:
    plain = '<text x="50" y="100" font-size="10" fill="#000000"{}>HHHHHHHH</text>'
    left, top, right, bottom = ink(plain.format(' transform="rotate(90 50 100)"'))
    assert bottom - top > 3 * (right - left)
    left, _, right, _ = ink(plain.format(' textLength="30"'))
    assert right - left <= 31


def test_text_that_no_font_can_show_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "font_for", lambda *_args, **_more: None)
    image = rasterize(svg('<text x="50" y="100" font-size="20" fill="#000000">三体</text>'), 100)
    assert image.getcolors() == [(100 * 200, WHITE)]


def test_where_there_is_no_font_at_all_latin_is_written_in_the_one_that_pillow_brings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fonts._found.cache_clear()
    monkeypatch.setattr(fonts, "_files", dict)
    line = '<text x="50" y="100" font-size="20" fill="#000000" text-anchor="middle">{}</text>'
    left, _, right, _ = ink(line.format("HHH"))
    assert left < 40
    assert right > 60
    assert rasterize(svg(line.format("三体")), 100).getcolors() == [(100 * 200, WHITE)]
    fonts._found.cache_clear()


def test_the_cloth_of_a_cover_has_its_pattern() -> None:
    pattern = '<pattern id="c" width="4" height="4" patternUnits="userSpaceOnUse"><path d="M0 0h2v4h-2z" fill="#ff0000"/></pattern>'
    assert at(f'{pattern}<path d="M0 0h100v200H0z" fill="url(#c)"/>', (1, 1), (3, 1)) == [RED, WHITE]


def test_characters_that_no_font_has_are_left_out_of_a_line_that_can_be_shown() -> None:
    line = '<text x="50" y="100" font-size="20" fill="#000000">{}</text>'
    whole, holed = (rasterize(svg(line.format(words)), 100).tobytes() for words in ("Novel", "No\U0010fffdvel"))
    assert whole == holed


def test_letters_that_hang_together_are_not_spaced() -> None:
    line = '<text x="50" y="100" font-size="20" fill="#000000"{}>كتاب</text>'
    assert (
        rasterize(svg(line.format("")), 100).tobytes()
        == rasterize(svg(line.format(' letter-spacing="3"')), 100).tobytes()
    )


@pytest.mark.parametrize(
    "facts",
    [
        BookFacts(isbn13="9787536692930", title="三体", authors=("刘慈欣",), language="zh"),
        BookFacts(
            isbn13="9787115428028",
            title="流畅的Python（第2版）：简洁、高效……",
            authors=("Luciano Ramalho", "安道", "吴珂"),
        ),
        BookFacts(
            isbn13="9780141439518", title="Pride & Prejudice <1813>", subtitle="A novel", authors=("Jane Austen",)
        ),
        BookFacts(isbn13="9780141439518", title="", authors=()),
        BookFacts(isbn13="9780141439518", title="A" * 300, authors=("B" * 200, "C" * 200)),
        BookFacts(isbn13="9787536692930", title="字" * 300, authors=("字" * 200,)),
    ],
)
def test_every_cover_that_we_draw_becomes_a_picture(facts: BookFacts) -> None:
    image = rasterize(draw_cover(facts), 120)
    assert image.size == (120, 180)
    assert len(image.getcolors(120 * 180) or []) > 20
    assert rasterize(draw_cover(facts), 120).tobytes() == image.tobytes()
