"""The three networks, on one thread: where things are, where lines of text are, what they say.

The first one is our own (`places.onnx`; its card lies beside it). The other two come with the
`rapidocr` package, whose own code is not used: it halves large pictures without saying so.
"""

import ctypes
import importlib.util
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a cell may start no thread

import cv2
import onnxruntime  # type: ignore[import-untyped]  # it carries no types

cv2.setNumThreads(1)


def keep_memory() -> None:
    """Let the C library keep what networks free; elsewhere than on Linux do nothing.

    Asking the system for it each time took a fifth of the processor time.
    """
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
            library.mallopt(option, _HALF_A_GIGABYTE)


_PLACES = Path(__file__).with_name("places.onnx")
_LINES, _READING = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_ONLY_ERRORS = 3
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _HALF_A_GIGABYTE = -1, -3, 1 << 29  # malloc.h

Session = Any  # onnxruntime.InferenceSession, which carries no types


def _session(model: Path) -> Session:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # what one large tile needed is given back
    options.log_severity_level = _ONLY_ERRORS
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _carried(name: str) -> Path:
    spec = importlib.util.find_spec("rapidocr")  # found, not imported
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("rapidocr")
    return Path(spec.submodule_search_locations[0]) / "models" / name


@cache
def places() -> Session:
    """Return the network that sees screens, papers, notes and cards."""
    return _session(_PLACES)


@cache
def lines() -> Session:
    """Return the network that sees lines of text."""
    return _session(_carried(_LINES))


@cache
def reading() -> tuple[Session, tuple[str, ...]]:
    """Return the network that reads a line, and its letters; the first stands for no letter."""
    session = _session(_carried(_READING))
    letters = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    return session, ("", *(letter.rstrip("\r") for letter in letters), " ")


@cache
def faces(stage: int) -> Session:
    """Return one of the three networks that see faces."""
    return _session(Path(__file__).with_name(f"faces-{stage}.onnx"))
