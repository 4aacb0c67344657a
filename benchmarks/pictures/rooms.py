"""Rooms: walls, desks and harmless things, drawn or taken from the photos this machine has."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

_PHOTOS = ("/usr/share/backgrounds", "/usr/share/wallpapers")


@cache
def photos(*, held: bool) -> tuple[Path, ...]:
    """Return real photographs that Debian's packages of backgrounds carry; every third is held."""
    found = sorted(
        path
        for folder in _PHOTOS
        for path in Path(folder).rglob("*")
        if path.suffix in {".jpg", ".jpeg", ".png", ".webp"} and path.stat().st_size > 60_000
    )
    return tuple(path for n, path in enumerate(found) if (n % 3 == 2) == held)


@cache
def _small(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    scale = 1400 / max(picture.shape[:2])
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return picture[..., ::-1].copy()


def photo(rng: np.random.Generator, size: tuple[int, int], *, held: bool) -> np.ndarray:
    """Return a piece of a real photograph."""
    choice = photos(held=held)
    picture = _small(choice[int(rng.integers(len(choice)))])
    h, w = picture.shape[:2]
    part = rng.uniform(0.35, 1.0)
    ww, hh = int(w * part), int(h * part)
    x, y = int(rng.integers(0, w - ww + 1)), int(rng.integers(0, h - hh + 1))
    piece = picture[y : y + hh, x : x + ww]
    if rng.random() < 0.5:
        piece = piece[:, ::-1]
    return cv2.resize(
        piece, size, interpolation=cv2.INTER_AREA if ww > size[0] else cv2.INTER_LINEAR
    )


def _cloud(rng: np.random.Generator, size: tuple[int, int], grain: int) -> np.ndarray:
    w, h = size
    small = rng.random((max(2, h // grain), max(2, w // grain))).astype(np.float32)
    return cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)


def surface(rng: np.random.Generator, size: tuple[int, int], *, light: bool = False) -> np.ndarray:
    """Return a wall or a table top: plain, speckled, wood, tiles, stripes or bricks."""
    w, h = size
    tone = rng.integers(190, 256, 3) if light or rng.random() < 0.5 else rng.integers(30, 220, 3)
    if rng.random() < 0.6:
        tone = (tone * 0.35 + tone.mean() * 0.65).astype(int)
    out = np.ones((h, w, 3), np.float32) * tone.astype(np.float32)
    kind = rng.random()
    if kind < 0.25:  # wood
        stretch = cv2.resize(rng.random((h // 3 + 2, max(2, w // 90))).astype(np.float32), size)
        waves = np.sin(stretch * rng.uniform(8, 30))[..., None]
        out *= 1 - 0.12 * rng.random() * (1 + waves)
    elif kind < 0.35:  # tiles or bricks
        step = int(rng.integers(w // 30, w // 6))
        out[:: max(4, step // int(rng.integers(1, 4)))] *= 0.8
        out[:, ::step] *= 0.8
    elif kind < 0.42:  # blinds, radiators, shelves seen from afar
        step = int(rng.integers(max(4, w // 120), w // 25))
        wave = 0.85 + 0.15 * np.sign(
            np.sin(np.arange(h if rng.random() < 0.5 else w) * np.pi / step)
        )
        out *= wave[:, None, None] if len(wave) == h and rng.random() < 0.9 and h != w else 1.0
    out *= 0.82 + 0.36 * _cloud(rng, size, max(8, w // 3))[..., None] * rng.random()
    if rng.random() < 0.5:
        out += (_cloud(rng, size, 3)[..., None] - 0.5) * rng.uniform(0, 26)
    return np.clip(out, 0, 255)


def room(rng: np.random.Generator, size: tuple[int, int], *, held: bool, light: bool) -> np.ndarray:
    """Return a background of float pixels: a real photo, or a wall above a desk."""
    w, h = size
    if not light and rng.random() < 0.3:
        return photo(rng, size, held=held).astype(np.float32)
    out = surface(rng, size, light=light)
    level = int(h * rng.uniform(0.45, 0.95))
    desk = surface(rng, (w, h - level))
    out[level:] = desk * rng.uniform(0.7, 1.1)
    if rng.random() < 0.5:
        out[level : level + max(2, h // 200)] *= 0.6
    return np.clip(out, 0, 255)


def harmless(rng: np.random.Generator, size: tuple[int, int], *, held: bool) -> np.ndarray:
    """Return a flat thing that tells nothing: a window, a framed photo, a cupboard, a keyboard."""
    w, h = size
    kind = rng.random()
    if kind < 0.3:  # a window, or a lamp: as bright as a screen
        out = np.ones((h, w, 3), np.float32) * rng.integers(215, 256, 3)
        if rng.random() < 0.5:
            out = photo(rng, size, held=held).astype(np.float32) * 0.5 + 128
        bar = max(2, w // 40)
        out[:, w // 2 - bar : w // 2 + bar] = rng.integers(120, 255)
        if rng.random() < 0.5:
            out[h // 2 - bar : h // 2 + bar] = rng.integers(120, 255)
    elif kind < 0.55:  # a framed photo
        out = photo(rng, size, held=held).astype(np.float32)
        edge = max(2, int(w * rng.uniform(0.01, 0.06)))
        tone = rng.integers(0, 255, 3)
        out[:edge], out[-edge:], out[:, :edge], out[:, -edge:] = tone, tone, tone, tone
    elif kind < 0.75:  # a cupboard door, a box, a book
        out = surface(rng, size)
        if rng.random() < 0.6:
            out[:, : max(2, w // 60)] *= 0.6
            out[: max(2, h // 60)] *= 0.7
        if rng.random() < 0.4:
            out[h // 2 : h // 2 + max(2, h // 30), int(w * 0.85) : int(w * 0.93)] = 60
    elif kind < 0.9:
        out = keyboard(rng, size)
    else:  # a dark, switched-off thing
        out = np.ones((h, w, 3), np.float32) * rng.integers(5, 60)
    return out


def keyboard(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Return rows of keys without letters."""
    w, h = size
    base, key = (rng.integers(20, 70), rng.integers(30, 110)) if rng.random() < 0.6 else (190, 235)
    out = np.ones((h, w, 3), np.float32) * base
    rows, columns = 5, 14
    for row in range(rows):
        for column in range(columns):
            x, y = column * w // columns, row * h // rows
            out[y + h // 60 + 1 : y + h // rows - 1, x + w // 300 + 1 : x + w // columns - 1] = key
    return out
