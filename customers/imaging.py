"""Pictures from strangers: what is let in, and what is left of it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

LARGEST_FILE = 5 * 2**20  # bytes
SMALLEST, LARGEST = 150, 4096  # pixels
# The last bytes of a file that has nothing behind its picture.
ENDS = {"PNG": b"\x00\x00\x00\x00IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}


class BadPicture(Exception):
    """The file is no acceptable picture; `reason` is format, square, size or bytes."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_picture(data: bytes) -> tuple[str, Image.Image]:
    """Return the format, png or jpeg, and a square image of 150 to 4096 pixels.

    It is a copy of the pixels, upright: no metadata, comment, profile, hidden file or second
    frame survives. Raises BadPicture, also for files with something behind the picture. Sizes are
    looked at before a pixel is decoded, so that no small file becomes a large one.
    """
    if len(data) > LARGEST_FILE:
        raise BadPicture("bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return _decoded(data)
    except BadPicture:
        raise
    except Exception as error:  # whatever a forged file makes a decoder raise
        raise BadPicture("format") from error


def encode(kind: str, image: Image.Image, sizes: tuple[int, ...]) -> Iterator[tuple[Any, bytes]]:
    """Yield (None, the picture's bytes), then (size, bytes) of each thumbnail."""
    yield None, _bytes(kind, image)
    for size in sizes:
        small = image.resize((min(size, image.width),) * 2, Image.Resampling.LANCZOS)
        yield size, _bytes(kind, small)


def _decoded(data: bytes) -> tuple[str, Image.Image]:
    image: Image.Image = Image.open(BytesIO(data), formats=("PNG", "JPEG"))
    kind = str(image.format)
    if not data.endswith(ENDS[kind]):
        raise BadPicture("format")
    width, height = image.size
    if width != height:
        raise BadPicture("square")
    if not SMALLEST <= width <= LARGEST:
        raise BadPicture("size")
    image.load()
    image = ImageOps.exif_transpose(image)
    mode = "RGBA" if kind == "PNG" and _is_transparent(image) else "RGB"
    clean = Image.new(mode, image.size)
    clean.paste(image.convert(mode))
    return kind.lower(), clean


def _is_transparent(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _bytes(kind: str, image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, kind.upper(), optimize=kind == "jpeg", quality=88)
    return out.getvalue()
