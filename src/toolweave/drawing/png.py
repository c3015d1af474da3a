"""The drawing as PNG at twice its size, with smooth edges and the font bundled with Pillow."""

import io
import math
from itertools import pairwise

from PIL import Image, ImageDraw

from toolweave.drawing.layout import layout
from toolweave.drawing.model import Diagram
from toolweave.drawing.palette import LIGHT, TONES
from toolweave.drawing.placed import Box, Line, Placed, PlacedArrow, Point, head, rounded
from toolweave.drawing.text import font, run_width, runs

SCALE = 2
SMOOTH = 2
"""Drawn this many times larger than the result, then averaged: Pillow's lines are not smooth."""
MAX_PIXELS = 60_000_000
BAND = 600
DASH = (5.0, 4.0)


def png(diagram: Diagram) -> bytes:
    """The drawing as a PNG file, light colours; very large drawings get a smaller scale.

    Raises:
        DrawingError: the layout engine refuses the graph.
    """
    placed = layout(diagram)
    area = placed.width * placed.height
    scale = min(float(SCALE), math.sqrt(MAX_PIXELS / area))
    image = Image.new(
        "RGB",
        (max(1, math.ceil(placed.width * scale)), max(1, math.ceil(placed.height * scale))),
        LIGHT.back,
    )
    # In bands, so that a long plan never needs the enlarged picture as a whole in memory.
    for top in range(0, image.height, BAND):
        band = _Band(image.width, min(BAND, image.height - top), top, scale)
        band.page(placed)
        image.paste(band.finished(), (0, top))
    out = io.BytesIO()
    image.save(out, format="PNG", optimize=False)
    return out.getvalue()


class _Band:
    """A horizontal stretch of the picture, drawn enlarged. Heights are pixels of the result."""

    def __init__(self, width: int, height: int, top: int, scale: float) -> None:
        self.image = Image.new("RGB", (width * SMOOTH, height * SMOOTH), LIGHT.back)
        self.draw = ImageDraw.Draw(self.image)
        self.factor = scale * SMOOTH
        self.offset = top * SMOOTH
        self.first = top / scale - 30
        self.last = (top + height) / scale + 30

    def finished(self) -> Image.Image:
        """The band at its real size."""
        return self.image.reduce(SMOOTH)

    def page(self, placed: Placed) -> None:
        """Draw everything that touches this band, lowest first."""
        for group in placed.groups:
            self.frame(group.box)
        for arrow in placed.arrows:
            self.arrow(arrow)
        for group in placed.groups:
            self.headline(group.lines)
        for node in placed.nodes:
            self.box(node.box, node.tone, node.radius)
            self.lines(node.lines)
        for arrow in placed.arrows:
            if arrow.label_box is not None and self.touches(arrow.label_box):
                self.draw.rectangle(self.corners(arrow.label_box), fill=LIGHT.back)
                self.lines(arrow.label)
        self.lines(placed.title)
        for swatch in placed.legend:
            if swatch.stroke:
                y = swatch.box.y + swatch.box.height / 2
                ends = (Point(swatch.box.x, y), Point(swatch.box.right, y))
                self.stroke(ends, TONES[swatch.tone].line, 1.6)
            else:
                self.box(swatch.box, swatch.tone, 3)
            self.lines((swatch.line,))

    def touches(self, box: Box) -> bool:
        return box.bottom >= self.first and box.y <= self.last

    def at(self, point: Point) -> tuple[float, float]:
        return point.x * self.factor, point.y * self.factor - self.offset

    def corners(self, box: Box) -> tuple[float, float, float, float]:
        return (*self.at(Point(box.x, box.y)), *self.at(Point(box.right, box.bottom)))

    def lines(self, lines: tuple[Line, ...]) -> None:
        for line in lines:
            if self.first <= line.y <= self.last:
                self.line(line)

    def headline(self, lines: tuple[Line, ...]) -> None:
        """Text over arrows that may pass below it."""
        for line in lines:
            back = Box(line.x - 2, line.y - line.size, line.width + 4, line.size * 1.3)
            if self.touches(back):
                self.draw.rectangle(self.corners(back), fill=LIGHT.back)
        self.lines(lines)

    def line(self, line: Line) -> None:
        colour = LIGHT.muted if line.muted else LIGHT.ink
        x = line.x
        for run in runs(line.text):
            if run.known:
                at, face = self.at(Point(x, line.y)), font(line.size * self.factor)
                self.draw.text(at, run.text, fill=colour, font=face, anchor="ls")
            else:
                for place, char in enumerate(run.text):
                    self.sign(char, x + place * line.size, line.y, line.size, colour)
            x += run_width(run, line.size)

    def sign(self, char: str, x: float, y: float, size: float, colour: str) -> None:
        """A character the font lacks: arrows as small drawings, others as an empty frame."""
        left, right, middle = x + size * 0.12, x + size * 0.88, y - size * 0.33
        if char not in "←→":
            frame = self.corners(Box(left, y - size * 0.7, size * 0.76, size * 0.76))
            self.draw.rectangle(frame, outline=colour, width=round(self.factor * 0.8) or 1)
            return
        tip, wing = (left, size * 0.25) if char == "←" else (right, -size * 0.25)
        self.stroke((Point(left, middle), Point(right, middle)), colour, 1.0)
        self.stroke(
            (
                Point(tip + wing, middle - size * 0.22),
                Point(tip, middle),
                Point(tip + wing, middle + size * 0.22),
            ),
            colour,
            1.0,
        )

    def box(self, box: Box, tone: int, radius: float) -> None:
        if self.touches(box):
            self.draw.rounded_rectangle(
                self.corners(box),
                radius=radius * self.factor,
                fill=TONES[tone].fill,
                outline=TONES[tone].line,
                width=round(1.4 * self.factor) or 1,
            )

    def frame(self, box: Box) -> None:
        if self.touches(box):
            a, b = Point(box.x, box.y), Point(box.right, box.y)
            c, d = Point(box.right, box.bottom), Point(box.x, box.bottom)
            for dash in dashes((a, b, c, d, a), (2.0, 3.0)):
                self.stroke(dash, LIGHT.frame, 1.2)

    def arrow(self, placed: PlacedArrow) -> None:
        colour = TONES[placed.tone].line
        if placed.arrow.faint:
            colour = _halfway(colour, LIGHT.back)
        path = rounded(placed.points)
        pieces = dashes(path, DASH) if placed.arrow.dashed else [path]
        for piece in pieces:
            self.stroke(piece, colour, 1.1 if placed.thin else 1.6)
        self.draw.polygon([self.at(point) for point in head(placed.points)], fill=colour)

    def stroke(self, points: tuple[Point, ...], colour: str, width: float) -> None:
        if max(p.y for p in points) >= self.first and min(p.y for p in points) <= self.last:
            self.draw.line(
                [self.at(point) for point in points],
                fill=colour,
                width=round(width * self.factor) or 1,
                joint="curve",
            )


def _halfway(one: str, other: str) -> str:
    """The colour between two that are written ``#rrggbb``."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{(a + b) // 2:02x}" for a, b in pairs)


def dashes(points: tuple[Point, ...], pattern: tuple[float, float]) -> list[tuple[Point, ...]]:
    """The drawn pieces of a polyline under a pattern of ``(drawn, left out)`` lengths."""
    pieces: list[tuple[Point, ...]] = []
    current: list[Point] = [points[0]]
    drawn, left = True, pattern[0]
    for a, b in pairwise(points):
        length, done = math.dist(a, b), 0.0
        while length - done > left:
            done += left
            mark = Point(a.x + (b.x - a.x) * done / length, a.y + (b.y - a.y) * done / length)
            if drawn:
                pieces.append((*current, mark))
            current, drawn = [mark], not drawn
            left = pattern[0] if drawn else pattern[1]
        left -= length - done
        current.append(b)
    return [*pieces, tuple(current)] if drawn and len(current) > 1 else pieces
