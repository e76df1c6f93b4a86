"""Leaf tool: draw an SVG document of ours with Pillow, for programs that want a picture of dots.

It knows what our covers use and no more: paths, rectangles and circles that are filled or stroked, lines of text, groups
that are moved, turned or scaled. Patterns are left out. It is not for documents of strangers.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from PIL import Image, ImageDraw

from app.libs.fonts import font_for

Point = tuple[float, float]
Line = list[Point]

#: Everything is drawn this much larger and then made smaller, which smooths the edges.
_FINER = 2
_CURVE_STEPS = 12
_TOKEN = re.compile(r"[MLHVCZmlhvcz]|-?(?:\d+\.?\d*|\.\d+)")
_TRANSFORM = re.compile(r"(translate|scale|rotate)\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Matrix:
    """x' = a x + c y + e, y' = b x + d y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def __matmul__(self, other: Matrix) -> Matrix:
        """Do `other` first."""
        return Matrix(
            self.a * other.a + self.c * other.b,
            self.b * other.a + self.d * other.b,
            self.a * other.c + self.c * other.d,
            self.b * other.c + self.d * other.d,
            self.a * other.e + self.c * other.f + self.e,
            self.b * other.e + self.d * other.f + self.f,
        )

    def at(self, x: float, y: float) -> Point:
        """Move a point."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    @property
    def scale(self) -> float:
        """How much longer lengths become."""
        return math.hypot(self.a, self.b)

    @property
    def turn(self) -> float:
        """By how many degrees things are turned, clockwise."""
        return math.degrees(math.atan2(self.b, self.a))


def rasterize(document: str, width: int) -> Image.Image:
    """Return the document as an RGB picture of this width in pixels."""
    root = ET.fromstring(document)  # noqa: S314 - we wrote it ourselves a moment ago
    _, _, units_wide, units_high = map(float, root.attrib["viewBox"].split())
    scale = width * _FINER / units_wide
    canvas = _Canvas(Image.new("RGB", (width * _FINER, round(units_high * scale)), "white"))
    _draw_all(canvas, root, Matrix(scale, 0, 0, scale))
    return canvas.image.resize((width, round(units_high * width / units_wide)), Image.Resampling.BOX)


def _draw_all(canvas: _Canvas, parent: ET.Element, outer: Matrix) -> None:
    for element in parent:
        kind = element.tag.rpartition("}")[2]
        matrix = outer @ _transform(element.attrib.get("transform", ""))
        if kind == "g":
            _draw_all(canvas, element, matrix)
        elif kind == "text":
            canvas.write(element.text or "", element.attrib, matrix)
        elif kind in _SHAPES:
            lines = [[matrix.at(*point) for point in line] for line in _SHAPES[kind](element.attrib)]
            canvas.shape(lines, element.attrib, matrix.scale)


def _transform(text: str) -> Matrix:
    matrix = Matrix()
    for name, inside in _TRANSFORM.findall(text):
        numbers = [float(number) for number in re.split(r"[\s,]+", inside.strip())]
        matrix = matrix @ _TRANSFORMS[name](*numbers)
    return matrix


def _rotation(degrees: float, x: float = 0, y: float = 0) -> Matrix:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return Matrix(cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)


_TRANSFORMS: dict[str, Callable[..., Matrix]] = {
    "translate": lambda x, y=0.0: Matrix(e=x, f=y),
    "scale": lambda x, y=None: Matrix(a=x, d=x if y is None else y),
    "rotate": _rotation,
}


def _path(attributes: Mapping[str, str]) -> list[Line]:
    """Return the lines of a path, curves in small steps."""
    lines: list[Line] = []
    x = y = 0.0
    for command, numbers in _commands(attributes["d"]):
        relative = command.islower()
        name = command.upper()
        if name == "Z":
            lines[-1].append(lines[-1][0])
        elif name == "C":
            points = [(numbers[i] + x * relative, numbers[i + 1] + y * relative) for i in (0, 2, 4)]
            lines[-1] += _curve((x, y), *points)
            x, y = points[-1]
        else:
            x, y = _step(name, numbers, x, y, relative=relative)
            if name == "M":
                lines.append([])
            lines[-1].append((x, y))
    return lines


def _step(name: str, numbers: list[float], x: float, y: float, *, relative: bool) -> Point:
    if name == "H":
        return numbers[0] + x * relative, y
    if name == "V":
        return x, numbers[0] + y * relative
    return numbers[0] + x * relative, numbers[1] + y * relative


def _commands(text: str) -> Iterator[tuple[str, list[float]]]:
    """Yield each command with its numbers; a command whose numbers come several times is meant several times."""
    arity = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Z": 0}
    tokens = _TOKEN.findall(text)
    position, command = 0, "M"
    while position < len(tokens):
        if tokens[position].isalpha():
            command = tokens[position]
            position += 1
        count = arity[command.upper()]
        yield command, [float(token) for token in tokens[position : position + count]]
        position += count


def _curve(start: Point, first: Point, second: Point, end: Point) -> Line:
    line = []
    for step in range(1, _CURVE_STEPS + 1):
        t = step / _CURVE_STEPS
        weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
        both = (start, first, second, end)
        x, y = (sum(weight * point[axis] for weight, point in zip(weights, both, strict=True)) for axis in (0, 1))
        line.append((x, y))
    return line


def _rectangle(attributes: Mapping[str, str]) -> list[Line]:
    x, y, width, height = (float(attributes[name]) for name in ("x", "y", "width", "height"))
    return [[(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]]


def _circle(attributes: Mapping[str, str]) -> list[Line]:
    x, y, radius = (float(attributes.get(name, 0)) for name in ("cx", "cy", "r"))
    angles = (2 * math.pi * step / 48 for step in range(49))
    return [[(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]]


_SHAPES = {"path": _path, "rect": _rectangle, "circle": _circle}


class _Canvas:
    """An RGB picture that is painted on through masks, so that everything can be half transparent."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image

    def shape(self, lines: list[Line], attributes: Mapping[str, str], scale: float) -> None:
        """Fill and stroke lines whose points are pixels."""
        fill = attributes.get("fill", "none" if "stroke" in attributes else "#000")
        if fill.startswith("#"):
            left, top, mask = _mask_around(lines, 1)
            for line in lines:
                if len(line) > 2:
                    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in line], fill=255)
            self._paint(fill, mask, (left, top), attributes.get("fill-opacity"))
        stroke = attributes.get("stroke", "none")
        if stroke.startswith("#"):
            width = float(attributes.get("stroke-width", 1)) * scale
            left, top, mask = _mask_around(lines, math.ceil(width))
            _stroke(mask, [[(x - left, y - top) for x, y in line] for line in lines], width, attributes)
            self._paint(stroke, mask, (left, top), attributes.get("stroke-opacity"))

    def write(self, text: str, attributes: Mapping[str, str], matrix: Matrix) -> None:
        """Write a line, its middle at x, its baseline at y; text that no font here can show is left out."""
        size = float(attributes["font-size"]) * matrix.scale
        found = font_for(text, size, bold=attributes.get("font-weight") == "700")
        if found is None:
            return
        font, text = found
        spacing = 0.0 if _is_joined(text) else float(attributes.get("letter-spacing", 0)) * matrix.scale
        length = sum(font.getlength(character) for character in text) if spacing else font.getlength(text)
        length += spacing * len(text)
        half, tall = math.ceil(length / 2 + size), math.ceil(size * 1.5)
        stamp = Image.new("L", (2 * half, 2 * tall))
        draw = ImageDraw.Draw(stamp)
        if spacing:
            x = half - length / 2
            for character in text:
                draw.text((x, tall), character, fill=255, font=font, anchor="ls")
                x += font.getlength(character) + spacing
        else:
            draw.text((half, tall), text, fill=255, font=font, anchor="ms")
        stamp = _fitted(stamp, float(attributes.get("textLength", 0)) * matrix.scale, length)
        turned = stamp.rotate(-matrix.turn, Image.Resampling.BICUBIC, expand=True)
        x, y = matrix.at(float(attributes["x"]), float(attributes["y"]))
        corner = round(x - turned.width / 2), round(y - turned.height / 2)
        self._paint(attributes["fill"], turned, corner, attributes.get("fill-opacity"))

    def _paint(self, colour: str, mask: Image.Image, corner: tuple[int, int], opacity: str | None) -> None:
        if opacity is not None:
            part = float(opacity)
            mask = mask.point([int(value * part) for value in range(256)])
        self.image.paste(colour, corner, mask)


def _is_joined(text: str) -> bool:
    """Return whether the letters of this text hang together or run to the left, so that they cannot be set one by one."""
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)


def _mask_around(lines: list[Line], margin: int) -> tuple[int, int, Image.Image]:
    """Return an empty mask that has room for the lines, and the place of its corner."""
    across = [x for line in lines for x, _ in line]
    down = [y for line in lines for _, y in line]
    left, top = math.floor(min(across)) - margin, math.floor(min(down)) - margin
    size = math.ceil(max(across)) + margin - left + 1, math.ceil(max(down)) + margin - top + 1
    return left, top, Image.new("L", size)


def _stroke(mask: Image.Image, lines: list[Line], width: float, attributes: Mapping[str, str]) -> None:
    draw = ImageDraw.Draw(mask)
    for line in lines:
        draw.line(line, fill=255, width=max(1, round(width)), joint="curve")
        if attributes.get("stroke-linecap") == "round":
            for x, y in (line[0], line[-1]):
                draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)


def _fitted(stamp: Image.Image, wanted: float, length: float) -> Image.Image:
    """Squeeze a line that would be longer than wanted."""
    if not wanted or length <= wanted:
        return stamp
    return stamp.resize((max(1, round(stamp.width * wanted / length)), stamp.height))
