"""The ways of the shapes as an SVG drawing: a box for each step, from the data down to the loss, with its shapes beside it."""
from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from lstmlint.output.style import displayed, width
from lstmlint.picture.show import Picture, legend_of, line_of, place_of, shapes_of
from lstmlint.picture.way import Step, Way

ROW, BOX, GAP = 54, 34, 20
"""Heights in pixels: from one step to the next, of a box, and of the arrow between two."""
SMALL, LARGE = 7.3, 8.5
"""Widths in pixels of a character of the two sizes of text."""
MARGIN = 16
_STYLE = """
  text { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #24292f }
  .what { font-size: 14px; font-weight: 600 }
  .shape { font-size: 14px; fill: #0550ae }
  .small { font-size: 12px; fill: #57606a }
  .wrong { font-size: 12px; fill: #cf222e }
  .box { fill: #f6f8fa; stroke: #8c959f }
  .box.bad { fill: #ffebe9; stroke: #cf222e }
  .arrow { stroke: #8c959f; fill: none; marker-end: url(#tip) }
  .tip { fill: #8c959f }
  .paper { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .shape { fill: #79c0ff } .small { fill: #9198a1 } .wrong { fill: #ff7b72 }
    .box { fill: #161b22; stroke: #6e7681 } .box.bad { fill: #3d1214; stroke: #ff7b72 } .paper { fill: #0d1117 }
  }
"""


def as_svg(picture: Picture) -> str:
    """The picture of one file; text that an SVG can't hold is left out."""
    pieces: list[str] = []
    top: float = MARGIN
    widest: float = 0
    for way in picture.ways:
        lines, height, across = _way(picture, way, top)
        pieces.extend(lines)
        top += height + GAP
        widest = max(widest, across)
    for name, origin in legend_of(picture):
        text = f"{name}: {displayed(origin)}"
        pieces.append(_text(MARGIN, top + 12, text, "small"))
        top, widest = top + 18, max(widest, MARGIN + width(text) * SMALL)
    if not picture.ways:
        text = "no model and no recurrent layer was found"
        pieces.append(_text(MARGIN, top + 12, text, "small"))
        top, widest = top + 18, MARGIN + width(text) * SMALL
    across, down = round(widest + MARGIN), round(top + MARGIN)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" viewBox="0 0 {across} {down}" role="img">',
            f"<title>the shapes in {_clean(picture.filename)}</title>",
            f"<style>{_STYLE}</style>",
            '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">'
            '<path class="tip" d="M0,0 L8,4 L0,8 z"/></marker></defs>',
            f'<rect class="paper" width="{across}" height="{down}"/>',
            *pieces,
            "</svg>",
        ]
    )


def _way(picture: Picture, way: Way, top: float) -> tuple[list[str], float, float]:
    """The drawing of one way that begins at `top`: its lines, its height and how far it reaches to the right."""
    title = "layers outside of models" if way.site is None else f"the model of {place_of(picture, way.site)}"
    pieces = [_text(MARGIN, top + 14, title, "what")]
    boxes = max((width(step.what) for step in way.steps), default=0) * LARGE + 28
    reach = MARGIN + width(title) * LARGE
    down = top + 28
    for number, step in enumerate(way.steps):
        pieces.extend(_step(picture, step, boxes, down))
        if number + 1 < len(way.steps):
            middle = MARGIN + boxes / 2
            pieces.append(f'<path class="arrow" d="M{middle:.0f},{down + BOX} V{down + ROW - 1:.0f}"/>')
        below = max(len(_told(picture, step)), 1)
        reach = max(reach, MARGIN + boxes + 16 + max(width(shapes_of(step)) * LARGE, below * SMALL))
        down += ROW
    return pieces, down - top, reach


def _step(picture: Picture, step: Step, boxes: float, down: float) -> Iterator[str]:
    bad = " bad" if step.wrong else ""
    yield f'<rect class="box{bad}" x="{MARGIN}" y="{down:.0f}" width="{boxes:.0f}" height="{BOX}" rx="6"/>'
    yield _text(MARGIN + 14, down + 22, step.what, "what")
    beside = MARGIN + boxes + 16
    yield _text(beside, down + 14, shapes_of(step), "shape")
    yield _text(beside, down + 31, _told(picture, step), "wrong" if step.wrong else "small")


def _told(picture: Picture, step: Step) -> str:
    if step.wrong:
        return f"✗ {displayed(step.wrong)}"
    return f"{place_of(picture, step.site, short=True)}: {line_of(picture, step)}"


def _text(across: float, down: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{across:.0f}" y="{down:.0f}" xml:space="preserve">{_clean(text)}</text>'


def _clean(text: str) -> str:
    return escape("".join(character for character in text if character.isprintable()))
