"""A canvas to draw on, in pixels from its top left corner, and its PNG. The only place that imports matplotlib.

Each call makes its own figure: pyplot keeps figures in global state, which leaks memory and is not thread-safe.
Everything is drawn on the figure itself: an Axes costs 10 ms and adds nothing to `scales`.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import Any, Literal

import numpy as np
from isal import isal_zlib

# The digits of every color repeat, so that the sixteen levels of a channel in the PNG keep it exactly.
INK, SOFT = "#222222", "#555566"
LINE = "#114488"
SMALLEST_TYPE = 0.7  # of the requested size; below that a title is shortened instead
SIGNATURE = b"\x89PNG\r\n\x1a\n"
EM = 1_000  # font size in pixels at which glyph advances are read
METRICS = Lock()  # for the fonts that all threads measure with: FreeType corrupts a font that two use at once
DASHED, DOTTED = (0, (5, 4)), (0, (1, 2))

Align = Literal["left", "center", "right"]


class Canvas:
    """A white picture of `width` × `height` pixels. At 72 dots per inch a point is a pixel, so sizes are pixels.

    Later drawings cover earlier ones.
    """

    def __init__(self, width: int, height: int) -> None:
        # Imported here: it takes 0.6 s and 45 MB, which commands without charts should not pay for.
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
        from matplotlib.transforms import Affine2D  # noqa: PLC0415

        self._figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="white")
        self._agg: Any = FigureCanvasAgg(self._figure)  # its methods are untyped
        self._place = Affine2D().scale(1, -1).translate(0, height)
        self._drawn = 0

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        thickness: float,
        *,
        colour: str = LINE,
        dashes: tuple[float, tuple[float, ...]] | None = None,
        alpha: float = 1.0,
    ) -> None:
        """A line through points; NaN leaves a gap."""
        self._add("Line2D", xs, ys, color=colour, linewidth=thickness, linestyle=dashes or "-", alpha=alpha)

    def dots(self, xs: Sequence[float], ys: Sequence[float], size: float, *, fill: str = LINE, edge: str = "") -> None:
        """Round dots of `size` pixels, with an edge of 4 pixels if it has a color."""
        look = {"markerfacecolor": fill, "markeredgecolor": edge or fill, "markeredgewidth": 4 if edge else 0}
        self._add("Line2D", xs, ys, linestyle="none", marker="o", markersize=size, **look)

    def rectangle(self, left: float, top: float, width: float, height: float, *, fill: str, hatch: str = "") -> None:
        """A filled rectangle without an edge; `hatch` is the color of its diagonal lines."""
        look = {"hatch": "/", "edgecolor": hatch, "hatch_linewidth": 1.5} if hatch else {}
        self._add("Rectangle", (left, top), width, height, facecolor=fill, linewidth=0, **look)

    def write(
        self,
        text: str,
        x: float,
        middle: float,
        size: float,
        *,
        colour: str = INK,
        bold: bool = False,
        align: Align = "left",
        width: float = float("inf"),
    ) -> float:
        """Writes a line of text; if it is wider than `width`, in a smaller size, then shortened.

        Returns:
            Its width in pixels.
        """
        text, size = fitted(printable(text), size, bold=bold, width=width)
        look = {"color": colour, "fontproperties": _font(bold, size), "parse_math": False}
        self._add("Text", x, middle, text, ha=align, va="center_baseline", **look)
        return width_of(text, size, bold=bold)

    def png(self) -> bytes:
        """The picture as a PNG."""
        self._agg.draw()
        return png(np.asarray(self._agg.buffer_rgba()))

    def _add(self, kind: str, *args: Any, **look: Any) -> None:
        self._drawn += 1
        self._figure.add_artist(_kinds()[kind](*args, transform=self._place, zorder=self._drawn, **look))


def png(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """Encodes rows of RGBA pixels, in sixteen levels a channel and without alpha.

    isal deflates twenty times as fast as zlib, which Pillow uses; the coarser edges of letters and lines are not
    visible, and save a third of the size.
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * 3), np.uint8)  # each row begins with its filter: 0, none
    for channel in range(3):
        rows[:, 1 + channel :: 3] = pixels[:, :, channel]
    rows &= 0xF0
    rows |= rows >> 4
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = isal_zlib.compress(rows, 1)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", isal_zlib.crc32(kind + body))


def printable(text: str) -> str:
    """The text as DejaVu Sans can show it: a missing character becomes `?`, a missing combining mark is left out."""
    glyphs = _characters()
    shown = (each if each in glyphs else "" if unicodedata.category(each)[0] in "MC" else "?" for each in text)
    return "".join(shown) or " "


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """The width of printable text at a font size, both in pixels, without kerning."""
    return sum(_advance_width(character, bold) for character in text) * size


def fitted(text: str, size: float, *, bold: bool, width: float) -> tuple[str, float]:
    """The printable text and font size that fit into `width`."""
    needed = width_of(text, size, bold=bold)
    if needed <= width:
        return text, size
    size *= max(width / needed, SMALLEST_TYPE)
    if width_of(text, size, bold=bold) <= width * 1.001:
        return text, size
    while len(text) > 1 and width_of(f"{text}…", size, bold=bold) > width:
        text = text[:-1].rstrip()
    return f"{text}…", size


@cache
def _kinds() -> dict[str, Any]:
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Rectangle  # noqa: PLC0415
    from matplotlib.text import Text  # noqa: PLC0415

    return {"Line2D": Line2D, "Rectangle": Rectangle, "Text": Text}


def _font(bold: bool, size: float) -> Any:
    """DejaVu Sans by its file: which font matplotlib picks for a name depends on the machine."""
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415

    return FontProperties(fname=_font_file(bold), size=size)


def _font_file(bold: bool) -> str:
    from matplotlib import get_data_path  # noqa: PLC0415

    return f"{get_data_path()}/fonts/ttf/DejaVuSans{'-Bold' if bold else ''}.ttf"


@cache
def _characters() -> frozenset[str]:
    """The characters that both weights of the font have."""
    with METRICS:
        regular, heavy = (_metrics_font(bold).get_charmap().keys() for bold in (False, True))
    return frozenset(chr(code) for code in regular & heavy)


@cache
def _advance_width(character: str, bold: bool) -> float:
    """The advance width of a printable character, as a share of the font size."""
    from matplotlib.ft2font import LoadFlags  # noqa: PLC0415

    with METRICS:
        glyph = _metrics_font(bold).load_char(ord(character), LoadFlags.NO_HINTING)
    advance: float = glyph.linearHoriAdvance / 65_536 / EM
    return advance


@cache
def _metrics_font(bold: bool) -> Any:
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415

    font = FT2Font(_font_file(bold))
    font.set_size(EM, 72)
    return font
