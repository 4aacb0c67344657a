"""How much of rendered scenes is hidden, and how much is hidden needlessly.

    python -m benchmarks.pictures [--part held|seen] [--scenes N] [--first SEED] [--size 4000x3000]

A line counts as hidden when nine tenths of it are black in the copy; lines of 7 pixels and more
count. Innocent pixels lie outside every screen, paper, note and card. `held` scenes use fonts,
screen contents, note colours and photographs that are used nowhere else; look at them only to
measure. Ordinary photos are real photographs without any of these things.
"""

import argparse
import io
import time
from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image

from benchmarks.pictures import scene as scenes
from vigie.readers.picture import seeing

LEAST = 7.0
_COVERED = 0.9
_DARK, _LIGHT, _ORDINARY = "dark bezel", "light bezel", "ordinary"


@dataclass
class Tally:
    """What was counted over the scenes of one kind."""

    lines: dict[str, list[bool]] = field(default_factory=dict)
    innocent: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    safe: list[bool] = field(default_factory=list)


def blackened(shape: tuple[int, ...], spots) -> np.ndarray:
    """Return a mask of what the spots hide, as the darkroom fills it."""
    mask = np.zeros(shape[:2], np.uint8)
    for spot in spots:
        corners = np.array(spot.outline, np.int32).reshape(-1, 2)
        cv2.fillPoly(mask, [corners], 1)
    return mask


def measure(made: scenes.Scene, tally: Tally) -> np.ndarray:
    """Look at one scene, count, and return what is hidden."""
    raw = io.BytesIO()
    Image.fromarray(made.picture).save(raw, "JPEG", quality=90)
    picture = np.asarray(Image.open(raw).convert("RGB"))
    begun = time.process_time()
    mask = blackened(picture.shape, seeing.spots(picture))
    tally.seconds.append(time.process_time() - begun)
    safe = True
    for line in made.lines:
        if line.height < LEAST:
            continue
        low, high = (
            np.floor(line.corners.min(0)).astype(int),
            np.ceil(line.corners.max(0)).astype(int) + 1,
        )
        where = np.zeros(high[::-1] - low[::-1], np.uint8)
        cv2.fillConvexPoly(where, np.round(line.corners - low).astype(np.int32), 1)
        covered = mask[low[1] : high[1], low[0] : high[0]][where > 0].mean()
        tally.lines.setdefault(line.kind, []).append(bool(covered >= _COVERED))
        safe &= bool(covered >= _COVERED)
    tally.safe.append(safe)
    h, w = made.classes.shape
    small = cv2.resize(mask, (w, h), interpolation=cv2.INTER_AREA)
    innocent = made.classes == 0
    tally.innocent.append(float(small[innocent].mean()) if innocent.any() else 0.0)
    return mask


def show(name: str, tally: Tally) -> None:
    """Print one row of the table."""
    cells = " ".join(
        f"{kind} {np.mean(rows):.3f} ({len(rows)})" for kind, rows in sorted(tally.lines.items())
    )
    print(
        f"{name:12} {len(tally.safe)} photos | lines hidden: {cells} | all of a photo "
        f"{np.mean(tally.safe):.2f} | innocent hidden {np.mean(tally.innocent):.3f}, median "
        f"{np.median(tally.innocent):.3f} | {np.median(tally.seconds):.2f} s a look"
    )


def main() -> None:
    """Measure, and print a row for each kind of scene."""
    wishes = argparse.ArgumentParser()
    wishes.add_argument("--part", choices=("held", "seen"), default="seen")
    wishes.add_argument("--scenes", type=int, default=20)
    wishes.add_argument("--first", type=int, default=900_000)
    wishes.add_argument("--size", default="4000x3000")
    wishes.add_argument("--keep", default="")
    wish = wishes.parse_args()
    size = tuple(int(part) for part in wish.size.split("x"))
    for name, light, ordinary in (
        (_DARK, False, False),
        (_LIGHT, True, False),
        (_ORDINARY, None, True),
    ):
        tally = Tally()
        for seed in range(wish.first, wish.first + wish.scenes):
            made = scenes.make(seed, size, held=wish.part == "held", light=light, ordinary=ordinary)
            mask = measure(made, tally)
            if wish.keep:
                half = cv2.resize(made.picture, (800, 600), interpolation=cv2.INTER_AREA)
                dark = half * (1 - cv2.resize(mask, (800, 600))[..., None] * 0.85)
                both = np.concatenate([half, dark.astype(np.uint8)], 1)
                Image.fromarray(both).save(f"{wish.keep}/{name.split()[0]}-{seed}.jpg")
        show(name, tally)


if __name__ == "__main__":
    main()
