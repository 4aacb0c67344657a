"""A scene: things laid in perspective into a room, and what a camera makes of it."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image

from benchmarks.pictures import rooms, sheets
from benchmarks.pictures.invented import Words

CLASSES = ("nothing", "screen", "paper", "note", "card", "ignore")
_IGNORE = CLASSES.index("ignore")


@dataclass
class Line:
    """One line of text in a photo: its corners (4 × 2), its height in pixels, what it says."""

    kind: str
    corners: np.ndarray
    height: float
    text: str


@dataclass
class Scene:
    """A rendered photo and the truth about it. `classes` is a quarter of the picture's size."""

    picture: np.ndarray
    classes: np.ndarray
    lines: list[Line] = field(default_factory=list)
    things: list[tuple[str, np.ndarray]] = field(default_factory=list)
    light_bezel: bool = False
    secret: bool = False
    unlocked: bool = False


def corners(rng, centre, size, *, tilt: float, roll: float = 6) -> np.ndarray:
    """Return the four corners of a flat thing seen by a camera, from the upper left, clockwise."""
    yaw, pitch = np.radians(rng.uniform(-tilt, tilt)), np.radians(rng.uniform(-tilt, tilt) * 0.6)
    turn = np.radians(rng.normal(0, roll / 2))
    w, h = size
    flat = np.array([[-w, -h, 0], [w, -h, 0], [w, h, 0], [-w, h, 0]], float) / 2
    ry = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    rx = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    rz = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    solid = flat @ (rz @ rx @ ry).T
    far = max(w, h) * rng.uniform(1.6, 4)
    return np.asarray(centre) + solid[:, :2] * (far / (far + solid[:, 2:]))


def _lay(
    scene: Scene, canvas: np.ndarray, quad: np.ndarray, number: int, *, shadow: float = 0
) -> np.ndarray:
    """Lay a canvas into the picture; return the perspective matrix from canvas to picture."""
    h, w = canvas.shape[:2]
    target = max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3]), 8)
    scale = min(1.0, 1.15 * target / w)
    small = canvas
    if scale < 1:
        small = cv2.resize(
            canvas, (max(4, int(w * scale)), max(4, int(h * scale))), interpolation=cv2.INTER_AREA
        )
    sh, sw = small.shape[:2]
    source = np.array([[0, 0], [sw, 0], [sw, sh], [0, sh]], np.float32)
    big_h, big_w = scene.picture.shape[:2]
    low = np.floor(quad.min(0)).astype(int) - 2
    high = np.ceil(quad.max(0)).astype(int) + 3
    low, high = np.maximum(low, 0), np.minimum(high, [big_w, big_h])
    matrix = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    whole = matrix @ np.diag([sw / w, sh / h, 1])
    if (high <= low).any():
        return whole
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1.0]])
    room = (int(high[0] - low[0]), int(high[1] - low[1]))
    laid = cv2.warpPerspective(small.astype(np.float32), shift @ matrix, room, flags=cv2.INTER_LINEAR,
                               borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    alpha = np.zeros((room[1], room[0]), np.float32)
    cv2.fillConvexPoly(alpha, np.round((quad - low) * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
    alpha = np.clip(alpha, 0, 1)
    if shadow:
        dark = cv2.GaussianBlur(alpha, (0, 0), max(1.5, target * 0.02))
        scene.picture[low[1] : high[1], low[0] : high[0]] *= 1 - shadow * dark[..., None]
    part = scene.picture[low[1] : high[1], low[0] : high[0]]
    part += (laid - part) * alpha[..., None]
    cv2.fillConvexPoly(
        scene.classes, np.round(quad / 4 * 16).astype(np.int32), number, cv2.LINE_8, 4
    )
    return whole


def _through(matrix: np.ndarray, points) -> np.ndarray:
    flat = np.concatenate([np.asarray(points, float), np.ones((len(points), 1))], 1) @ matrix.T
    return flat[:, :2] / flat[:, 2:]


def _remember(scene: Scene, sheet: sheets.Sheet, matrix: np.ndarray, offset=(0, 0)) -> None:
    for x, y, w, h, text in sheet.lines:
        x, y = x + offset[0], y + offset[1]  # noqa: PLW2901
        box = _through(matrix, [(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
        tall = (np.linalg.norm(box[3] - box[0]) + np.linalg.norm(box[2] - box[1])) / 2
        scene.lines.append(Line(sheet.kind, box, float(tall), text))


def _device(rng, words, scene, width, centre, *, held, light, tilt) -> None:
    """Put a lit screen in its bezel into the scene: monitor, laptop, tablet or phone."""
    kind = words.one(["monitor", "monitor", "laptop", "laptop", "tablet", "phone"])
    shape = {"monitor": rng.choice([16 / 9, 16 / 10, 4 / 3, 21 / 9]), "laptop": 16 / 10,
             "tablet": rng.choice([4 / 3, 3 / 4]), "phone": rng.choice([9 / 19, 19 / 9, 9 / 16])}[kind]  # fmt: skip
    if kind == "phone":
        width *= 0.55 if shape < 1 else 0.8
    wide = int(np.clip(width * rng.uniform(0.9, 1.4), 240, 1920))
    tall = int(wide / shape)
    if tall > 1500:
        wide, tall = int(wide * 1500 / tall), 1500
    off = rng.random() < 0.04
    sheet = sheets.screen(words, (wide, tall), held=held)
    if off:
        sheet.picture.paste(tuple(int(v) for v in rng.integers(3, 28, 3)), (0, 0, wide, tall))
        sheet.lines.clear()
    edge = int(wide * rng.uniform(0.005, 0.05)) + 1
    chin = edge if rng.random() < 0.6 else int(wide * rng.uniform(0.03, 0.12))
    tones = ([(228, 228, 230), (250, 250, 250), (205, 207, 210), (240, 235, 225)] if light
             else [(12, 12, 14), (35, 36, 40), (60, 60, 66), (25, 25, 30)])  # fmt: skip
    rim = np.array(words.one(tones), np.float32)
    canvas = np.ones((tall + edge + chin, wide + 2 * edge, 3), np.float32) * rim
    canvas[edge : edge + tall, edge : edge + wide] = np.asarray(sheet.picture, np.float32)
    glow = rng.uniform(0.75, 1.12) if not off else 1
    canvas[edge : edge + tall, edge : edge + wide] *= glow
    high = width / (wide + 2 * edge) * canvas.shape[0]
    quad = corners(rng, centre, (width, high), tilt=tilt)
    if kind == "monitor":
        _stand(rng, scene, quad, rim)
    if kind == "laptop":
        base = np.array([quad[3], quad[2], quad[2] + [width * 0.06, high * 0.4],
                         quad[3] + [-width * 0.06, high * 0.4]])  # fmt: skip
        keys = rooms.keyboard(rng, (480, 160))
        _lay(scene, keys, base, 0, shadow=0.3)
    if not off:
        _glare(rng, canvas[edge : edge + tall, edge : edge + wide])
    matrix = _lay(scene, canvas, quad, _IGNORE, shadow=0.35)
    lit = _through(
        matrix, [(edge, edge), (edge + wide, edge), (edge + wide, edge + tall), (edge, edge + tall)]
    )
    number = _IGNORE if off else 1
    cv2.fillConvexPoly(
        scene.classes, np.round(lit / 4 * 16).astype(np.int32), number, cv2.LINE_8, 4
    )
    _remember(scene, sheet, matrix, (edge, edge))
    if not off:
        scene.things.append(("screen", lit))
        scene.light_bezel |= light
        scene.unlocked |= not sheet.locked
    if rng.random() < 0.3:
        _note_on(rng, words, scene, quad, held=held)


def _stand(rng, scene, quad, rim) -> None:
    low = (quad[2] + quad[3]) / 2
    wide, tall = np.linalg.norm(quad[2] - quad[3]), np.linalg.norm(quad[3] - quad[0])
    neck, foot = wide * rng.uniform(0.04, 0.1), wide * rng.uniform(0.15, 0.3)
    deep = tall * rng.uniform(0.12, 0.3)
    tone = np.ones((8, 8, 3), np.float32) * rim * rng.uniform(0.7, 1.0)
    _lay(
        scene,
        tone,
        np.array([low + [-neck, -2], low + [neck, -2], low + [neck, deep], low + [-neck, deep]]),
        0,
    )
    _lay(scene, tone, np.array([low + [-foot, deep], low + [foot, deep], low + [foot * 1.15, deep * 1.25],
                                low + [-foot * 1.15, deep * 1.25]]), 0, shadow=0.2)  # fmt: skip


def _glare(rng, lit: np.ndarray) -> None:
    """Let a lamp shine on a screen, and the camera's grid beat with the screen's."""
    h, w = lit.shape[:2]
    if rng.random() < 0.35:
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        a, b = rng.uniform(0.1, 0.5) * w, rng.uniform(0.1, 0.5) * h
        spot = np.exp(-(((x - rng.uniform(0, w)) / a) ** 2 + ((y - rng.uniform(0, h)) / b) ** 2))
        lit += spot[..., None] * rng.uniform(30, 170)
    if rng.random() < 0.35:
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        turn, length = rng.uniform(0, np.pi), rng.uniform(6, 60)
        wave = np.sin(
            (x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / length + np.sin(y / 90) * 2
        )
        tint = np.array([1, rng.uniform(-1, 1), rng.uniform(-1, 1)], np.float32)
        lit += wave[..., None] * tint * rng.uniform(3, 22)
    np.clip(lit, 0, 255, out=lit)


def _note_on(rng, words, scene, quad, *, held) -> None:
    """Stick a note to the edge of a screen."""
    width = np.linalg.norm(quad[1] - quad[0])
    side = width * rng.uniform(0.1, 0.24)
    along, edge = rng.uniform(0.08, 0.92), int(rng.integers(4))
    centre = quad[edge] * (1 - along) + quad[(edge + 1) % 4] * along
    _flat(rng, words, scene, "note", side, centre, held=held, tilt=18)


def _flat(rng, words, scene, kind, width, centre, *, held, tilt) -> None:
    """Lay a paper, a note, a board or a card."""
    shape = {"paper": rng.choice([0.71, 0.71, 1.41, 0.5]), "note": rng.choice([1, 1, 1.3]),
             "board": 1.5, "card": rng.choice([1.58, 0.63])}[kind]  # fmt: skip
    wide = int(np.clip(width * 1.2, 160, 1400))
    size = (wide, int(wide / shape))
    secret = kind == "note" and rng.random() < 0.5
    sheet = (
        sheets.note(words, size, held=held, secret=secret)
        if kind == "note"
        else getattr(sheets, kind)(words, size, held=held)
    )
    scene.secret |= secret
    quad = corners(
        rng, centre, (width, width / shape), tilt=tilt, roll=16 if kind != "board" else 3
    )
    number = {"paper": 2, "board": 2, "note": 3, "card": 4}[kind]
    matrix = _lay(scene, np.asarray(sheet.picture, np.float32), quad, number, shadow=0.3)
    _remember(scene, sheet, matrix)
    scene.things.append((sheet.kind, quad))


def camera(rng, picture: np.ndarray) -> np.ndarray:
    """Return 8-bit pixels: blur, darkness, colour cast, vignette, noise."""
    h, w = picture.shape[:2]
    unit = w / 4000
    if rng.random() < 0.7:
        picture = cv2.GaussianBlur(
            picture, (0, 0), max(0.3, rng.uniform(0.2, 2.2) * max(unit, 0.4))
        )
    if rng.random() < 0.12:
        length = max(3, int(rng.uniform(3, 9) * unit) | 1)
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1 / length
        picture = cv2.filter2D(picture, -1, kernel)
    light = rng.choice([1, 1, 1, 1.15, rng.uniform(0.3, 0.9)])
    cast = 1 + rng.normal(0, 0.05, 3)
    picture = picture * (light * cast).astype(np.float32)
    if rng.random() < 0.5:
        x = np.linspace(-1, 1, w, dtype=np.float32)[None] ** 2
        y = np.linspace(-1, 1, h, dtype=np.float32)[:, None] ** 2
        picture *= (1 - rng.uniform(0, 0.35) * (x + y) / 2)[..., None]
    grain = rng.uniform(0, 9) if rng.random() < 0.8 else rng.uniform(8, 18)
    noise = rng.standard_normal((h, w), dtype=np.float32)[..., None] * grain
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def make(seed: int, size: tuple[int, int], *, held: bool = False, light: bool | None = None,
         ordinary: bool | None = None, screens: bool = True) -> Scene:  # fmt: skip
    """Return the scene of a seed. `held`: from the fonts, themes and photos kept aside."""
    rng = np.random.default_rng([seed, int(held)])
    words = Words(rng)
    w, h = size
    light = rng.random() < 0.4 if light is None else light
    ordinary = rng.random() < 0.2 if ordinary is None else ordinary
    ground = rooms.room(rng, size, held=held, light=light and rng.random() < 0.7)
    if ordinary and rng.random() < 0.6:
        ground = rooms.photo(rng, size, held=held).astype(np.float32)
    scene = Scene(np.ascontiguousarray(ground, np.float32), np.zeros((h // 4, w // 4), np.uint8))
    for _ in range(int(rng.integers(0, 5))):
        wide = w * rng.uniform(0.06, 0.5)
        piece = rooms.harmless(rng, (300, int(300 * rng.uniform(0.4, 1.6))), held=held)
        quad = corners(
            rng,
            (rng.uniform(0, w), rng.uniform(0, h)),
            (wide, wide * piece.shape[0] / 300),
            tilt=30,
        )
        _lay(scene, piece, quad, 0, shadow=0.25)
    if not ordinary:
        _contents(rng, words, scene, held=held, light=light, screens=screens)
    scene.picture = camera(rng, scene.picture)
    _only_seen(scene, size)
    return scene


def _contents(rng, words, scene, *, held, light, screens) -> None:
    h, w = scene.picture.shape[:2]
    for kind, most in (("board", 0.25), ("paper", 1.6), ("card", 0.5)):
        for _ in range(int(rng.poisson(most * 0.7))):
            wide = w * {"board": rng.uniform(0.2, 0.5), "paper": rng.uniform(0.06, 0.4),
                        "card": rng.uniform(0.03, 0.16)}[kind]  # fmt: skip
            centre = (rng.uniform(0.05, 0.95) * w, rng.uniform(0.1, 0.95) * h)
            _flat(rng, words, scene, kind, wide, centre, held=held, tilt=45)
    count = int(rng.choice([1, 1, 1, 2, 2, 3])) if screens else 0
    for _ in range(count):
        width = w * float(np.exp(rng.uniform(np.log(0.1), np.log(0.75))))
        centre = (rng.uniform(0.15, 0.85) * w, rng.uniform(0.2, 0.75) * h)
        _device(
            rng, words, scene, width, centre, held=held, light=light, tilt=rng.choice([5, 25, 45])
        )
    for _ in range(int(rng.poisson(0.5))):
        centre = (rng.uniform(0.05, 0.95) * w, rng.uniform(0.1, 0.95) * h)
        _flat(rng, words, scene, "note", w * rng.uniform(0.03, 0.14), centre, held=held, tilt=40)
    for _ in range(int(rng.poisson(0.5))):  # things that stand in the way: mugs, heads, shoulders
        centre, axes = rng.uniform(0, 1, 2) * [w, h], rng.uniform(0.02, 0.14, 2) * w
        tone = tuple(float(v) for v in words.one([(200, 160, 130), (60, 60, 70), (120, 80, 60),
                                                  rng.integers(20, 240, 3)]))  # fmt: skip
        turn = float(rng.uniform(0, 90))
        spot = ((float(centre[0]), float(centre[1])), (float(axes[0]), float(axes[1])), turn)
        cv2.ellipse(scene.picture, spot, tone, -1, cv2.LINE_AA)
        quarter = ((spot[0][0] / 4, spot[0][1] / 4), (spot[1][0] / 4, spot[1][1] / 4), turn)
        cv2.ellipse(scene.classes, quarter, 0, -1)


def _only_seen(scene: Scene, size: tuple[int, int]) -> None:
    """Forget lines that lie outside the picture or behind something."""
    w, h = size
    wanted = {"screen": 1, "paper": 2, "note": 3, "card": 4}
    kept = []
    for line in scene.lines:
        points = np.concatenate([line.corners, line.corners.mean(0, keepdims=True)])
        if (points < 1).any() or (points[:, 0] > w - 2).any() or (points[:, 1] > h - 2).any():
            continue
        middle = [line.corners[[0, 3]].mean(0), points[4], line.corners[[1, 2]].mean(0)]
        cells = [
            scene.classes[min(int(y / 4), h // 4 - 1), min(int(x / 4), w // 4 - 1)]
            for x, y in middle
        ]
        if all(cell == wanted[line.kind] for cell in cells):
            kept.append(line)
    scene.lines = kept


def save(scene: Scene, path: str, quality: int = 90) -> None:
    """Write the picture as a JPEG."""
    Image.fromarray(scene.picture).save(path, quality=quality)
