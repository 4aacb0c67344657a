"""Teach the little network where screens, papers, notes and cards are, from rendered scenes alone.

    python -m benchmarks.pictures.learn render FOLDER FIRST COUNT   (several may run at once)
    python -m benchmarks.pictures.learn fit FOLDER OUT.onnx MINUTES

`fit` needs PyTorch and onnx, which the product does not: install them beside it. No scene of the
half that is kept aside is ever rendered here.
"""

import sys
import time
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from benchmarks.pictures import scene as scenes
from vigie.readers.picture.views import view

_SIZES = ((2048, 1536), (2048, 1536), (1600, 1200), (1280, 960), (2048, 1152))


def render(folder: Path, first: int, count: int) -> None:
    """Render scenes into shards of what the network sees, and the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    shards: dict[tuple[int, int], list] = {}
    for seed in range(first, first + count):
        rng = np.random.default_rng([seed, 77])
        size = _SIZES[int(rng.integers(len(_SIZES)))]
        if rng.random() < 0.25:
            size = size[::-1]
        made = scenes.make(seed, size)
        picture = made.picture
        if rng.random() < 0.7:
            quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 97))]
            picture = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR)
        planes = view(picture)
        h, w = planes.shape[1:]
        truth = cv2.resize(made.classes, (w // 2, h // 2), interpolation=cv2.INTER_NEAREST)
        lines = np.zeros((h // 2, w // 2), np.uint8)
        for line in made.lines:
            quad = line.corners / np.array(size) * np.array([w // 2, h // 2])
            cv2.fillConvexPoly(lines, np.round(quad).astype(np.int32), 1)
        shards.setdefault((h, w), []).append((planes, truth | (lines << 4)))
    for (h, w), rows in shards.items():
        name = folder / f"{h}x{w}-{first}.npz"
        np.savez(name, x=np.stack([r[0] for r in rows]), y=np.stack([r[1] for r in rows]))
    print(f"{count} scenes from {first}")


def network():
    """Return the network: a small U with 5 planes in and 5 classes out, at half the size."""
    from torch import nn  # noqa: PLC0415

    def step(a: int, b: int, stride: int = 1, k: int = 3) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(a, b, k, stride, k // 2, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True)
        )

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            wide = (16, 40, 64, 96, 128)
            self.first = step(5, wide[0], 2, 5)
            self.down = nn.ModuleList(
                nn.Sequential(step(a, b, 2), step(b, b)) for a, b in pairwise(wide)
            )
            self.whole = nn.Conv2d(wide[-1], wide[-1], 1)
            self.deep = step(wide[-1], wide[-1])
            self.up = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairwise(wide))
            self.side = nn.ModuleList(step(a, a) for a in wide[:-1])
            self.last = nn.Conv2d(wide[0], 5, 1)

        def forward(self, x):
            x = x / 255.0 - 0.5
            kept = [self.first(x)]
            for part in self.down:
                kept.append(part(kept[-1]))
            y = kept[-1]
            y = self.deep(y + self.whole(y.mean((2, 3), keepdim=True)))
            for n in range(len(self.side) - 1, -1, -1):
                y = nn.functional.interpolate(self.up[n](y), scale_factor=2, mode="nearest")
                y = self.side[n](kept[n] + y)
            return self.last(y)

    return Net()


def _batches(folder: Path, rng: np.random.Generator, batch: int):
    files = sorted(folder.glob("*.npz"))
    for n in rng.permutation(len(files)):
        shard = np.load(files[n])
        x, y = shard["x"], shard["y"]
        order = rng.permutation(len(x))
        for k in range(0, len(order), batch):
            yield x[order[k : k + batch]], y[order[k : k + batch]]


def _varied(torch, x, y, rng):
    """Mirror, shift colours, dim, cut the picture: what costs nothing to render."""
    x, y = torch.from_numpy(x).float(), torch.from_numpy(y).long()
    if rng.random() < 0.5:
        x, y = x.flip(3), y.flip(2)
    if rng.random() < 0.35:
        x, y = _hidden(torch, x, y, rng)
    n = len(x)
    gain = torch.from_numpy(rng.uniform(0.7, 1.25, (n, 1, 1, 1))).float()
    tint = torch.from_numpy(rng.normal(1, 0.06, (n, 3, 1, 1))).float()
    x[:, :3] = (x[:, :3] * gain * tint).clamp(0, 255)
    grain = torch.from_numpy(rng.uniform(0.6, 1.5, (n, 1, 1, 1))).float()
    x[:, 3:] = (x[:, 3:] * gain * grain).clamp(0, 255)
    if rng.random() < 0.4:
        h, w = x.shape[2:]
        part = rng.uniform(0.55, 0.95)
        hh, ww = int(h * part / 2) * 2, int(w * part / 2) * 2
        top, left = (
            int(rng.integers(0, (h - hh) // 2 + 1)) * 2,
            int(rng.integers(0, (w - ww) // 2 + 1)) * 2,
        )
        cut = x[:, :, top : top + hh, left : left + ww]
        x = torch.nn.functional.interpolate(cut, (h, w), mode="bilinear", align_corners=False)
        half = y[:, None, top // 2 : (top + hh) // 2, left // 2 : (left + ww) // 2].float()
        y = torch.nn.functional.interpolate(half, (h // 2, w // 2), mode="nearest")[:, 0].long()
    return x, y


def _hidden(torch, x, y, rng):
    """Blacken some things, as the darkroom does: what is hidden already is to be left alone."""
    kind = (y & 15).float()
    chosen = torch.zeros_like(kind, dtype=torch.bool)
    for number in rng.permutation(5)[: int(rng.integers(1, 6))]:
        chosen |= kind == float(number or 5)
    if not (kind[chosen] > 0).any():
        return x, y
    wide = int(rng.choice([3, 5, 7]))
    big = torch.nn.functional.interpolate(chosen[:, None].float(), scale_factor=2, mode="nearest")
    black = torch.nn.functional.max_pool2d(big, wide, 1, wide // 2)
    x = x * (1 - black)
    small = torch.nn.functional.max_pool2d(black, 2)[:, 0] > 0
    return x, torch.where(small, torch.zeros_like(y), y)


def fit(folder: Path, out: Path, minutes: float) -> None:
    """Train for some minutes on one core and write the network; go on from OUT.pt if it is there."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(1)
    net, rng, begun, step = network(), np.random.default_rng(5), time.monotonic(), 0
    net = net.to(memory_format=torch.channels_last)
    kept = out.with_suffix(".pt")
    if kept.exists():
        net.load_state_dict(torch.load(kept))
        rng = np.random.default_rng(int(time.time()))
    best = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-3)
    weight = torch.tensor([1.0, 1.6, 1.4, 2.5, 2.5])
    loss_of = torch.nn.CrossEntropyLoss(weight, ignore_index=5, reduction="none")
    mean = 1.0
    while time.monotonic() - begun < minutes * 60:
        for raw_x, raw_y in _batches(folder, rng, 8):
            share = min(1.0, (time.monotonic() - begun) / (minutes * 60))
            for group in best.param_groups:
                group["lr"] = (
                    1.2e-3 * (0.5 + 0.5 * np.cos(np.pi * share)) * min(1, step / 100) + 2e-5
                )
            x, y = _varied(torch, raw_x, raw_y, rng)
            lines, y = (y >> 4).float(), y & 15
            with torch.autocast("cpu", torch.bfloat16):
                answer = net(x.to(memory_format=torch.channels_last))
            loss = (loss_of(answer.float(), y) * (1 + 2 * lines)).mean()
            best.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            best.step()
            mean, step = 0.98 * mean + 0.02 * loss.item(), step + 1
            if step % 50 == 0:
                print(f"{step} {time.monotonic() - begun:.0f}s {mean:.4f}", flush=True)
            if step % 400 == 0:
                write(torch, net, out)
            if share >= 1:
                break
    write(torch, net, out)


def write(torch, net, out: Path) -> None:
    """Write the weights, and the network as ONNX with the normalisation folded in."""
    torch.save(net.state_dict(), out.with_suffix(".pt"))
    net = net.eval()
    axes = {"x": {2: "h", 3: "w"}, "y": {2: "h2", 3: "w2"}}
    torch.onnx.export(net, (torch.zeros(1, 5, 384, 512),), str(out), input_names=["x"],
                      output_names=["y"], dynamic_axes=axes, opset_version=17, dynamo=False)  # fmt: skip
    net.train()


if __name__ == "__main__":
    if sys.argv[1] == "render":
        render(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        fit(Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
