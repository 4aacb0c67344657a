"""What lies flat in a scene: screens' contents, papers, notes, boards, cards. Drawn straight on."""

import subprocess
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.pictures import rooms
from benchmarks.pictures.invented import DRUGS, GIVEN, ILLS, LABELS, MENUS, Words

# Two halves: what is in the second is never shown while anything is learned or tuned.
_PRINT = (
    ("DejaVu Sans", "Liberation Sans", "Roboto", "Lato", "Open Sans", "DejaVu Serif"),
    ("Noto Sans", "Liberation Serif", "Cantarell", "Noto Serif", "Inconsolata"),
)
_HAND = (
    ("Breip", "Comic Neue", "Humor Sans", "Ecolier_court", "Rufscript"),
    ("FemkeKlaver", "Dancing Script", "Ecolier_lignes_court", "Olivier"),
)


@cache
def _file(family: str, style: str = "Regular") -> str:
    query = ["fc-match", "-f", "%{file}", f"{family}:style={style}"]
    return subprocess.run(query, capture_output=True, text=True, check=True).stdout


@cache
def font(family: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a font of a family that fontconfig knows."""
    return ImageFont.truetype(_file(family), size)


@dataclass
class Sheet:
    """A flat thing: its picture, and its lines of text as (x, y, w, h, what it says)."""

    picture: Image.Image
    lines: list[tuple[float, float, float, float, str]] = field(default_factory=list)
    lit: bool = False
    kind: str = "paper"
    locked: bool = False


class _Draw(ImageDraw.ImageDraw):
    """Boxes that a narrow screen has turned inside out are drawn all the same."""

    def rectangle(self, xy, *args, **kwargs):
        x, y, right, low = xy
        super().rectangle((min(x, right), min(y, low), max(x, right), max(y, low)), *args, **kwargs)

    def rounded_rectangle(self, xy, *args, **kwargs):
        x, y, right, low = xy
        super().rounded_rectangle((x, y, max(x, right), max(y, low)), *args, **kwargs)


class Pen:
    """Draws text on a sheet and remembers where."""

    def __init__(self, sheet: Sheet, words: Words, *, held: bool, hand: bool = False) -> None:
        self.sheet, self.words = sheet, words
        self.draw = _Draw(sheet.picture)
        self.family = words.one((_HAND if hand else _PRINT)[held])

    def write(self, x: float, y: float, text: str, size: int, ink) -> float:
        """Write a line at its upper left corner; return its width."""
        face = font(self.family, max(6, int(size)))
        left, top, right, bottom = self.draw.textbbox((x, y), text, font=face)
        most = self.sheet.picture.width - 2
        if right > most and right > left:
            text = text[: max(1, int(len(text) * (most - left) / (right - left)))]
            left, top, right, bottom = self.draw.textbbox((x, y), text, font=face)
        if bottom >= self.sheet.picture.height or left >= most:
            return 0
        self.draw.text((x, y), text, font=face, fill=ink)
        self.sheet.lines.append((left, top, right - left, bottom - top, text))
        return right - left


def _colour(rng, low: int, high: int) -> tuple[int, int, int]:
    return tuple(int(v) for v in rng.integers(low, high, 3))


def screen(words: Words, size: tuple[int, int], *, held: bool) -> Sheet:
    """Return what a lit screen shows."""
    rng = words.rng
    dark = rng.random() < 0.25
    back = _colour(rng, 15, 60) if dark else _colour(rng, 225, 256)
    ink = _colour(rng, 190, 250) if dark else _colour(rng, 0, 80)
    sheet = Sheet(Image.new("RGB", size, back), lit=True, kind="screen")
    pen = Pen(sheet, words, held=held)
    kinds = (
        [_table, _form, _mails, _terminal, _xray, _letter_on_screen, _table, _form, _web]
        if not held
        else [_agenda, _results, _table, _chat, _form]
    )
    if rng.random() < 0.05:
        _locked(pen, size)
        return sheet
    accent = _colour(rng, 20, 200)
    words.one(kinds)(pen, size, ink, accent, back)
    return sheet


def _bars(pen: Pen, size, accent, *, side: bool = True) -> tuple[int, int]:
    """Draw title and menu bars; return where the room for the rest begins."""
    rng, (w, h) = pen.words.rng, size
    unit = max(11, h // 45)
    y = 0
    if rng.random() < 0.8:
        pen.draw.rectangle((0, 0, w, unit * 1.9), fill=accent)
        light = (255, 255, 255) if sum(accent) < 420 else (10, 10, 10)
        pen.write(unit, unit * 0.4, f"Dossier {pen.words.person()}", unit, light)
        y = int(unit * 2)
    if rng.random() < 0.7:
        pen.draw.rectangle((0, y, w, y + unit * 1.7), fill=_colour(rng, 200, 245))
        x = unit
        for menu in MENUS[: int(rng.integers(3, len(MENUS)))]:
            x += pen.write(x, y + unit * 0.3, menu, unit, (40, 40, 40)) + unit * 1.3
        y += int(unit * 1.9)
    x = 0
    if side and rng.random() < 0.5:
        x = int(w * rng.uniform(0.12, 0.25))
        pen.draw.rectangle((0, y, x, h), fill=_colour(rng, 60, 240))
        for row in range(int(rng.integers(4, 14))):
            pen.write(
                unit * 0.7, y + unit * (1 + row * 2), pen.words.one(LABELS), unit, (20, 20, 20)
            )
    if rng.random() < 0.5:  # a task bar
        pen.draw.rectangle((0, h - unit * 2.2, w, h), fill=_colour(rng, 10, 90))
        for n in range(int(rng.integers(3, 9))):
            left = unit + n * unit * 2.4
            pen.draw.rectangle((left, h - unit * 1.9, left + unit * 1.6, h - unit * 0.4),
                               fill=_colour(rng, 40, 250))  # fmt: skip
    return x + 4, y


def _table(pen: Pen, size, ink, accent, back) -> None:
    rng, (w, h) = pen.words.rng, size
    x0, y = _bars(pen, size, accent)
    unit = int(h / rng.uniform(22, 52))
    columns = int(rng.integers(3, 7))
    step = (w - x0) / columns
    while y < h - unit * 2.2:
        if rng.random() < 0.3:
            tint = tuple(int(v * 0.93 + 8) for v in back)
            pen.draw.rectangle((x0, y, w, y + unit * 1.5), fill=tint)
        for column in range(columns):
            if rng.random() < 0.9:
                text = pen.words.cell()[: int(step / unit * 1.7) or 1]
                pen.write(x0 + column * step + 4, y + unit * 0.15, text, unit, ink)
        if rng.random() < 0.5:
            pen.draw.line((x0, y + unit * 1.5, w, y + unit * 1.5), fill=(200, 200, 205))
        y += int(unit * 1.6)


def _form(pen: Pen, size, ink, accent, back) -> None:  # noqa: ARG001
    rng, (w, h) = pen.words.rng, size
    x0, y = _bars(pen, size, accent)
    unit = int(h / rng.uniform(24, 44))
    y += unit
    columns = int(rng.integers(1, 4))
    step = (w - x0) / columns
    while y < h - unit * 3:
        for column in range(columns):
            x = x0 + column * step + unit
            wide = pen.write(x, y, pen.words.one(LABELS), unit, ink)
            pen.draw.rectangle((x + wide + 8, y - 3, x0 + (column + 1) * step - 8, y + unit * 1.4),
                               outline=(150, 150, 160))  # fmt: skip
            pen.write(x + wide + 12, y, pen.words.cell(), unit, ink)
        y += int(unit * rng.uniform(1.9, 2.4))
        if rng.random() < 0.12:
            y += unit * 4


def _mails(pen: Pen, size, ink, accent, back) -> None:  # noqa: ARG001
    rng, (w, h) = pen.words.rng, size
    x0, y = _bars(pen, size, accent)
    unit = int(h / rng.uniform(28, 46))
    middle = x0 + (w - x0) * rng.uniform(0.3, 0.5)
    row = y
    while row < h - unit * 4:
        pen.write(x0 + 6, row, pen.words.person(), unit, ink)
        pen.write(x0 + 6, row + unit * 1.3, pen.words.one(ILLS), int(unit * 0.85), (120, 120, 130))
        row += int(unit * 3.1)
        pen.draw.line((x0, row - 5, middle, row - 5), fill=(205, 205, 210))
    pen.draw.line((middle, y, middle, h), fill=(190, 190, 195))
    row = y + unit
    while row < h - unit * 3:
        most = int((w - middle) / unit * 1.6)
        pen.write(middle + 12, row, pen.words.sentence()[:most], unit, ink)
        row += int(unit * rng.choice([1.4, 1.4, 1.4, 2.6]))


def _terminal(pen: Pen, size, ink, accent, back) -> None:  # noqa: ARG001
    rng, (w, h) = pen.words.rng, size
    pen.draw.rectangle((0, 0, w, h), fill=_colour(rng, 0, 45))
    unit, y = int(h / rng.uniform(28, 50)), 6
    bright = words_ink = pen.words.one([(90, 250, 120), (230, 230, 230), (250, 190, 90)])
    while y < h - unit:
        if rng.random() < 0.85:
            pen.write(8, y, pen.words.sentence()[: int(w / unit * 1.3)], unit, words_ink)
        y += int(unit * 1.4)
    assert bright


def _xray(pen: Pen, size, ink, accent, back) -> None:  # noqa: ARG001
    rng, (w, h) = pen.words.rng, size
    pen.draw.rectangle((0, 0, w, h), fill=(8, 8, 10))
    for _ in range(60):
        x, y = rng.uniform(0.2, 0.8) * w, rng.uniform(0.1, 0.9) * h
        a, b = rng.uniform(0.01, 0.12) * w, rng.uniform(0.02, 0.2) * h
        tone = int(rng.integers(20, 190))
        pen.draw.ellipse((x - a, y - b, x + a, y + b), outline=(tone,) * 3, width=int(a / 4) + 1)
    unit = int(h / rng.uniform(24, 40))
    for n, x in enumerate((unit, w * 0.7)):
        for row in range(int(rng.integers(2, 6))):
            pen.write(x, unit * (0.6 + row * 1.4) + n * 3, pen.words.cell(), unit, (235, 235, 200))


def _letter_on_screen(pen: Pen, size, ink, accent, back) -> None:  # noqa: ARG001
    rng, (w, h) = pen.words.rng, size
    x0, y = _bars(pen, size, accent, side=False)
    pen.draw.rectangle((x0, y, w, h), fill=_colour(rng, 120, 215))
    left, right = w * rng.uniform(0.15, 0.3), w * rng.uniform(0.7, 0.9)
    pen.draw.rectangle((left, y + 8, right, h), fill=(253, 253, 253))
    unit, row = int(h / rng.uniform(30, 48)), y + int(h * 0.05)
    while row < h - unit * 2:
        if rng.random() < 0.85:
            most = int((right - left) / unit * 1.7)
            pen.write(left + unit * 2, row, pen.words.sentence()[:most], unit, (25, 25, 25))
        row += int(unit * 1.5)


def _web(pen: Pen, size, ink, accent, back) -> None:  # noqa: ARG001
    """Draw a page, or a film, with a photograph in it."""
    rng, (w, h) = pen.words.rng, size
    x0, y = _bars(pen, size, accent)
    unit = int(h / rng.uniform(24, 44))
    left, top = int(x0 + (w - x0) * rng.uniform(0, 0.4)), int(y + h * rng.uniform(0, 0.15))
    room = (
        max(40, int((w - left) * rng.uniform(0.5, 1))),
        max(40, int((h - top) * rng.uniform(0.4, 1))),
    )
    pen.sheet.picture.paste(Image.fromarray(rooms.photo(rng, room, held=False)), (left, top))
    row = top + room[1] + unit
    while row < h - unit * 2:
        pen.write(x0 + unit, row, pen.words.sentence()[: int((w - x0) / unit * 1.5)], unit, ink)
        row += int(unit * 1.5)
    if rng.random() < 0.5:
        for n in range(int(rng.integers(1, 5))):
            pen.write(
                left + unit, top + unit * (1 + n * 2), pen.words.person(), unit, (255, 255, 255)
            )


def _agenda(pen: Pen, size, ink, accent, back) -> None:  # noqa: ARG001
    rng, (w, h) = pen.words.rng, size
    x0, y = _bars(pen, size, accent)
    days, unit = int(rng.integers(4, 7)), int(h / rng.uniform(30, 48))
    step = (w - x0) / days
    for day in range(days):
        row, x = y + unit * 2, x0 + day * step
        pen.write(x + 5, y + 3, pen.words.date(), unit, ink)
        pen.draw.line((x, y, x, h), fill=(190, 190, 190))
        while row < h - unit * 4:
            tall = unit * float(rng.choice([2, 2, 3, 4]))
            if rng.random() < 0.75:
                pen.draw.rectangle(
                    (x + 2, row, x + step - 3, row + tall - 2), fill=_colour(rng, 150, 250)
                )
                name = pen.words.person()[: int(step / unit * 1.6)]
                pen.write(x + 5, row + 2, name, unit, (20, 20, 20))
            row += int(tall)


def _results(pen: Pen, size, ink, accent, back) -> None:  # noqa: ARG001
    rng, (w, h) = pen.words.rng, size
    x0, y = _bars(pen, size, accent)
    unit = int(h / rng.uniform(26, 40))
    row = y + unit
    while row < h * 0.6:
        for n, text in enumerate(
            (pen.words.one(ILLS), f"{rng.integers(1, 200)} mmol/l", "N 3,5 – 5")
        ):
            pen.write(x0 + 10 + n * (w - x0) * 0.36, row, text, unit, ink)
        row += int(unit * 1.6)
    points = [(x0 + (w - x0) * n / 30, h * rng.uniform(0.68, 0.9)) for n in range(31)]
    pen.draw.line(points, fill=accent, width=3)
    pen.draw.rectangle((x0 + 4, h * 0.64, w - 8, h * 0.93), outline=(120, 120, 120))


def _chat(pen: Pen, size, ink, accent, back) -> None:  # noqa: ARG001
    rng, (w, h) = pen.words.rng, size
    unit, y = int(h / rng.uniform(20, 36)), 20
    while y < h - unit * 4:
        mine = rng.random() < 0.5
        x = w * (0.35 if mine else 0.04)
        pen.draw.rounded_rectangle(
            (x, y, x + w * 0.6, y + unit * 3.4), 12, fill=_colour(rng, 170, 250)
        )
        for row in range(2):
            text = pen.words.sentence(5)[: int(w * 0.55 / unit * 1.6)]
            pen.write(x + 10, y + unit * (0.3 + row * 1.4), text, unit, (15, 15, 15))
        y += int(unit * 4.1)


def _locked(pen: Pen, size) -> None:
    rng, (w, h) = pen.words.rng, size
    top, low = np.array(_colour(rng, 10, 160)), np.array(_colour(rng, 60, 255))
    ramp = np.linspace(0, 1, h)[:, None, None]
    field_ = (top * (1 - ramp) + low * ramp) * np.ones((1, w, 1))
    pen.sheet.picture.paste(Image.fromarray(field_.astype(np.uint8)))
    pen.write(
        w * 0.36,
        h * 0.3,
        f"{rng.integers(7, 20)}:{rng.integers(10, 59)}",
        int(h * 0.16),
        (250,) * 3,
    )
    pen.sheet.lines.clear()  # a clock tells nothing about anybody
    pen.sheet.locked = True


def paper(words: Words, size: tuple[int, int], *, held: bool) -> Sheet:
    """Return a letter, a prescription, a form, with or without letterhead and handwriting."""
    rng, (w, h) = words.rng, size
    tint = words.one([(252, 252, 250), (246, 244, 236), (238, 246, 250), (250, 240, 205)])
    sheet = Sheet(Image.new("RGB", size, tint))
    pen = Pen(sheet, words, held=held, hand=rng.random() < 0.25)
    unit, y = int(h / rng.uniform(32, 60)), int(h * rng.uniform(0.04, 0.1))
    left, ink = (
        int(w * rng.uniform(0.06, 0.13)),
        words.one([(20, 20, 25), (20, 30, 110), (70, 70, 70)]),
    )
    if rng.random() < 0.6:
        for text in (f"Dr {words.person()}", "Médecine générale", words.phone()):
            pen.write(left, y, text, int(unit * 1.1), words.one([ink, (20, 90, 120)]))
            y += int(unit * 1.6)
        y += unit * 2
    while y < h * rng.uniform(0.55, 0.97):
        text = words.one([words.sentence(), words.one(DRUGS), words.sentence()])
        pen.write(left, y, text[: int((w - 2 * left) / unit * 1.9)], unit, ink)
        y += int(unit * rng.choice([1.5, 1.5, 1.5, 2.8]))
    if rng.random() < 0.3:
        pen.draw.rectangle((left, h * 0.5, w - left, h * 0.7), outline=(90, 90, 90), width=2)
    return sheet


def note(words: Words, size: tuple[int, int], *, held: bool, secret: bool) -> Sheet:
    """Return a sticky note."""
    rng, (w, h) = words.rng, size
    tints = [(253, 238, 120), (250, 225, 90), (255, 170, 190), (160, 225, 250), (185, 240, 140)]
    if held:
        tints = [(252, 243, 150), (255, 190, 110), (240, 140, 200), (140, 235, 215)]
    sheet = Sheet(Image.new("RGB", size, words.one(tints)), kind="note")
    pen = Pen(sheet, words, held=held, hand=rng.random() < 0.85)
    ink, lines = words.one([(20, 20, 30), (20, 35, 140), (150, 20, 30)]), words.note(secret=secret)
    unit = min(h / (len(lines) * 1.7 + 0.6), w / (max(len(t) for t in lines) * 0.62 + 0.8))
    for row, text in enumerate(lines):
        x = w * rng.uniform(0.04, 0.12)
        pen.write(x, h * 0.08 + row * unit * 1.55, text, int(unit), ink)
    return sheet


def board(words: Words, size: tuple[int, int], *, held: bool) -> Sheet:
    """Return a white board with handwriting."""
    rng, (w, h) = words.rng, size
    sheet = Sheet(Image.new("RGB", size, (243, 245, 246)))
    pen = Pen(sheet, words, held=held, hand=True)
    y, unit = h * 0.08, h / rng.uniform(8, 16)
    while y < h * 0.88:
        ink = words.one([(20, 20, 30), (20, 40, 160), (170, 20, 30), (20, 120, 50)])
        text = words.one(
            [f"{words.one(GIVEN)} {words.one(ILLS)}", words.person(), words.sentence(3)]
        )
        pen.write(w * 0.05, y, text, int(unit), ink)
        y += unit * rng.uniform(1.2, 1.9)
    pen.draw.rectangle((0, 0, w - 1, h - 1), outline=(150, 150, 155), width=max(3, w // 90))
    return sheet


def card(words: Words, size: tuple[int, int], *, held: bool) -> Sheet:
    """Return a health card or a badge with a name and a drawn portrait."""
    rng, (w, h) = words.rng, size
    vitale = w > h
    tint = words.one([(60, 150, 90), (235, 205, 70), (230, 235, 240), (90, 130, 190)])
    sheet = Sheet(Image.new("RGB", size, tint), kind="card")
    pen = Pen(sheet, words, held=held)
    if vitale:
        pen.draw.rectangle((0, 0, w * 0.5, h * 0.4), fill=(235, 205, 70))
        pen.draw.rounded_rectangle((w * 0.08, h * 0.42, w * 0.2, h * 0.6), 6, fill=(205, 175, 90))
        unit = int(h / 9)
        pen.write(w * 0.06, h * 0.08, "Vitale", unit, (20, 70, 50))
        pen.write(w * 0.06, h * 0.66, words.person(), unit, (15, 15, 15))
        pen.write(w * 0.06, h * 0.82, words.nir(), unit, (15, 15, 15))
        left, top = w * 0.72, h * 0.15
    else:
        pen.draw.rectangle((0, 0, w, h * 0.18), fill=_colour(rng, 10, 150))
        unit = int(w / 9)
        pen.write(w * 0.08, h * 0.68, words.one(GIVEN), unit, (15, 15, 15))
        pen.write(w * 0.08, h * 0.82, "Infirmière", int(unit * 0.8), (60, 60, 60))
        left, top = w * 0.3, h * 0.24
    wide = w * (0.22 if vitale else 0.42)
    pen.draw.rectangle((left, top, left + wide, top + wide * 1.25), fill=(225, 228, 235))
    skin = words.one([(236, 200, 170), (190, 140, 105), (120, 80, 60)])
    pen.draw.ellipse(
        (left + wide * 0.25, top + wide * 0.2, left + wide * 0.75, top + wide * 0.85), fill=skin
    )
    pen.draw.pieslice((left + wide * 0.2, top + wide * 0.1, left + wide * 0.8, top + wide * 0.7),
                      180, 360, fill=(50, 35, 25))  # fmt: skip
    return sheet
