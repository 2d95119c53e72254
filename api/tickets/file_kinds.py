"""What a file is, by its content and not by its name; what may come with a ticket and in which form it is kept."""

from __future__ import annotations

import re
import shutil
import threading
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from typing import IO

import filetype
from PIL import Image, ImageOps, UnidentifiedImageError

from case_library.redact import mask

HEAD_BYTES = 8192  # enough for every signature `filetype` knows, those inside office documents too
MOST_PIXELS = 120_000_000  # a phone's largest photos have 108 million
LONGEST_SIDE = 4096  # pixels kept of a photo: a page of small print stays readable
JPEG_QUALITY = 88
MOST_UNPACKED_BYTES = 100 * 1024 * 1024  # of an office document, which is a zip
MOST_UNPACKED_TIMES = 100  # its own size; honest ones reach about 20
MOST_ENTRIES = 2000
LONGEST_NAME = 80

# The formats kept, with the ending that is shown. Photos are written anew; recordings are evidence and stay as they are.
IMAGES = {"image/jpeg": ("JPEG", "jpg"), "image/png": ("PNG", "png"), "image/webp": ("WEBP", "webp")}
OFFICE = {
    "word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}
AS_THEY_ARE = {
    "application/pdf": ("application/pdf", "pdf"),
    "audio/mpeg": ("audio/mpeg", "mp3"),
    "audio/mp4": ("audio/mp4", "m4a"),
    "audio/amr": ("audio/amr", "amr"),
    "audio/x-wav": ("audio/wav", "wav"),
    "video/mp4": ("video/mp4", "mp4"),
    "video/quicktime": ("video/quicktime", "mov"),
}
ZIPS = {"application/zip", *(media_type for media_type, _ in OFFICE.values())}
# For `<input accept>`: with it an iPhone sends its photos as JPEG.
ACCEPT = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.mp3,.m4a,.amr,.wav,.mp4,.mov,image/jpeg,image/png,image/webp,application/pdf"

KINDS_TAKEN = "能收的有：照片（JPG、PNG、WebP）、PDF、Word（docx）、Excel（xlsx）、录音和短视频。"
EMPTY = "这个文件是空的。"
NOT_TAKEN = "这个文件打不开，或者不是能收的格式。" + KINDS_TAKEN
PACKED = "压缩包收不了，请解开以后一个一个传。"
BOMB = "这个文件解开以后太大，不安全，收不了。请另存一份再传。"
MACROS = "这个文件里带宏（会自己运行的程序），不安全，收不了。请另存为不带宏的，或者存成 PDF。"
OLD_OFFICE = "这种旧格式收不了，请另存为 docx、xlsx，或者存成 PDF。"
HEIC = "这种照片格式（HEIC）打不开，请截个屏，传截屏的图。"
BROKEN_IMAGE = "这张照片打不开，可能没有传完或者坏了，请重新拍一张。"
TOO_MANY_PIXELS = "这张照片的尺寸太大，请缩小或者重新拍一张。"
OLD_OFFICE_HEAD = bytes.fromhex("d0cf11e0a1b11ae1")

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
_photo = threading.BoundedSemaphore(2)  # a large photo takes some 300 MB while it is written anew


class RefusedFileError(Exception):
    """A file that is not taken; the message says why, in words for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is: its media type, and the ending its name gets."""

    media_type: str
    ending: str

    @property
    def name(self) -> str:
        """In a word."""
        first = self.media_type.partition("/")[0]
        return {"image": "照片", "audio": "录音", "video": "视频"}.get(first, "文件")


def keep(source: IO[bytes], target: IO[bytes]) -> Kind:
    """Find out what came and write it to `target` in the form that is kept; `RefusedFileError` when it is not taken.

    Photos are decoded and written anew: upright, without what the camera noted (place, time, device), without anything that
    was hidden behind the picture.
    """
    source.seek(0)
    head = source.read(HEAD_BYTES)
    if not head:
        raise RefusedFileError(EMPTY)
    guess = filetype.guess(head)
    found = guess.mime if guess else ""
    if found in IMAGES:
        return _keep_image(source, target, found)
    if found in ZIPS:
        kind = _office(source)
    elif found in AS_THEY_ARE:
        kind = Kind(*AS_THEY_ARE[found])
    else:
        raise RefusedFileError(_why_not(found, head))
    source.seek(0)
    shutil.copyfileobj(source, target)
    return kind


def clean_name(given: str, kind: Kind) -> str:
    """A name that can be shown: no path, no control or direction characters, personal numbers masked, the true ending."""
    text = unicodedata.normalize("NFKC", given)
    text = "".join(
        c for c in text if unicodedata.category(c)[0] not in "CZ" or c == " "
    )  # Cf: 'right-to-left override'
    stem = re.split(r"[/\\]", text)[-1].strip(" .")
    stem = re.sub(r"(\.\w{1,5})+$", "", stem)
    stem = mask(re.sub(r"[<>:\"|?*;\x60$&%']", "", stem)).strip(" .")[:LONGEST_NAME]
    return f"{stem or kind.name}.{kind.ending}"


def _why_not(found: str, head: bytes) -> str:
    if head.startswith(OLD_OFFICE_HEAD):
        return OLD_OFFICE
    if found in ("image/heic", "image/heif"):
        return HEIC
    if found in (
        "application/gzip",
        "application/x-7z-compressed",
        "application/x-rar-compressed",
        "application/x-tar",
    ):
        return PACKED
    return NOT_TAKEN


def _keep_image(source: IO[bytes], target: IO[bytes], media_type: str) -> Kind:
    format_, ending = IMAGES[media_type]
    source.seek(0)
    try:
        with _photo, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=[format_]) as opened:
                opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: decodes no more than is kept
                image = ImageOps.exif_transpose(opened)
                if image.mode not in ("RGB", "L", "RGBA") or (format_ == "JPEG" and image.mode == "RGBA"):
                    image = image.convert("RGBA" if "A" in image.getbands() and format_ != "JPEG" else "RGB")
                image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                image.info = {}  # nothing of what the camera noted goes with it
                options = {} if format_ == "PNG" else {"quality": JPEG_QUALITY}
                image.save(target, format_, **options)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RefusedFileError(TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, SyntaxError, ValueError, EOFError):  # what Pillow raises for a broken file
        raise RefusedFileError(BROKEN_IMAGE) from None
    except OSError as error:
        if error.errno is not None:  # the disk's, not the picture's
            raise
        raise RefusedFileError(BROKEN_IMAGE) from None
    return Kind(media_type, ending)


def _office(source: IO[bytes]) -> Kind:
    """Word or Excel; a zip that is neither, or unpacks to far more than it says, is refused without being unpacked whole."""
    try:
        with zipfile.ZipFile(source) as packed:
            entries = packed.infolist()
            names = {entry.filename for entry in entries}
            kind = next((Kind(*OFFICE[name]) for name in OFFICE if name in names), None)
            if kind is None or "[Content_Types].xml" not in names:
                raise RefusedFileError(PACKED)
            if any("vbaproject" in name.lower() for name in names):
                raise RefusedFileError(MACROS)
            whole = source.seek(0, 2)
            most = min(MOST_UNPACKED_BYTES, max(whole, 64 * 1024) * MOST_UNPACKED_TIMES)
            if len(entries) > MOST_ENTRIES:
                raise RefusedFileError(BOMB)
            unpacked = 0
            for entry in entries:  # what a zip says of its sizes need not be true
                with packed.open(entry) as content:
                    while chunk := content.read(256 * 1024):
                        unpacked += len(chunk)
                        if unpacked > most:
                            raise RefusedFileError(BOMB)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError):  # damaged, encrypted, odd
        raise RefusedFileError(NOT_TAKEN) from None
    return kind
