"""PNG and JPEG: whether the whole picture decodes, and the same picture with nothing else in its file. Pure."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps

from services.intake.inspection import words
from services.intake.inspection.findings import Refused, decoding
from services.intake.inspection.report import Limits

_FORMATS = ("PNG", "JPEG")
# Bytes that one pixel may take: four as decoded, and twice that again while it is turned or made smaller.
_BYTES_A_PIXEL = 12
_METADATA = ("exif", "icc_profile", "comment", "xmp", "XML:com.adobe.xmp", "photoshop", "parsed_exif")

Image.MAX_IMAGE_PIXELS = None  # bounded below, by the memory that there is


def check(path: Path, limits: Limits) -> None:
    """Raises Refused: `broken`, or `too_many_pixels` for the memory of this process."""
    with decoding():
        with Image.open(path, formats=_FORMATS) as image:
            width, height = image.size
            if width * height * _BYTES_A_PIXEL > limits.memory_bytes:
                raise Refused(words.reason("too_many_pixels", width=width, height=height))
            image.verify()  # the sums of a PNG's parts
        with Image.open(path, formats=_FORMATS) as image:
            image.load()


def redrawn(path: Path, target: Path, kind: str, limits: Limits) -> bool:
    """Writes the picture upright and within the limit of pixels, of one that was checked; whether it lost metadata."""
    with Image.open(path, formats=_FORMATS) as image:
        image.load()
        told = any(key in image.info for key in _METADATA) or bool(getattr(image, "text", None))
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith("I"):  # sixteen bits of grey, of which a screen shows the upper eight
            upright = upright.convert("I").point(lambda level: level * (1 / 256)).convert("L")
        if upright.mode in ("P", "PA", "LA", "RGBa"):
            upright = upright.convert("RGBA")
        if kind == "jpg" and upright.mode not in ("L", "RGB"):
            upright = upright.convert("RGB")
        upright.info = {}
        share = (limits.preview_pixels / (upright.width * upright.height)) ** 0.5
        if share < 1:
            upright.thumbnail((max(1, int(upright.width * share)), max(1, int(upright.height * share))))
        upright.save(target, "PNG" if kind == "png" else "JPEG")
    return told
