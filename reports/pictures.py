"""Pictures in documents, as `data:` URLs."""

import base64
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps


def picture_url(file: Any, *, longest: int) -> str:
    """Return an image file, upright and with at most `longest` pixels on its longer side.

    A JPEG stays one. Raise OSError if the file cannot be read.
    """
    with file.open() as content, Image.open(content) as image:
        kind, mode = ("JPEG", "RGB") if image.format == "JPEG" else ("PNG", "RGBA")
        image.thumbnail((longest, longest))
        # PDF/A forbids CMYK beside an sRGB output intent.
        upright = ImageOps.exif_transpose(image).convert(mode)
    small = BytesIO()
    upright.save(small, kind, quality=80)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(small.getvalue()).decode()}"
