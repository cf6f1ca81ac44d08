"""A file's bytes as text, and offsets into that text as lines and columns."""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from functools import cached_property
from hashlib import blake2b
from tokenize import detect_encoding
from typing import Literal

from oai_lint.kinds import Kind, kind_of

Units = Literal["utf-8", "utf-16", "utf-32"]

# Python and LSP agree on these three and on no others: a form feed or U+2028, where
# str.splitlines also breaks, stays inside its line.
_LINE_END = re.compile(r"\r\n?|\n")
_LINE_END_BYTES = re.compile(rb"\r\n?|\n")
_BOM = b"\xef\xbb\xbf"


class UndecodableSource(ValueError):  # noqa: N818
    """The bytes are not text in the encoding that they claim."""


class Source:
    """The text of one file and what is needed to write it back unchanged.

    Offsets are code points into ``text``.  ``path`` is for messages and settings; it need not
    exist.
    """

    __slots__ = ("__dict__", "bom", "encoding", "path", "rewritable", "text")

    def __init__(self, path: str, text: str, *, encoding: str = "utf-8", bom: bool = False) -> None:
        self.path = path
        self.text = text
        self.encoding = encoding
        self.bom = bom
        # Some encodings spell one text in several ways, and what no fix touches must stay as it is.
        self.rewritable = True

    @classmethod
    def from_bytes(cls, path: str, data: bytes) -> Source:
        """Decode ``data`` as Python would, by BOM and coding cookie; other files are UTF-8.

        Raises:
            UndecodableSource: the encoding is unknown or does not fit the bytes.
        """
        bom = data.startswith(_BOM)
        try:
            try:
                # Only Python heeds a cookie.
                top = data if kind_of(path) is Kind.PYTHON else data[: 3 * bom]
                encoding, _ = detect_encoding(io.BytesIO(top).readline)
            except SyntaxError:
                data.decode()  # says more exactly what is wrong with a file without a cookie
                raise
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = len(_LINE_END_BYTES.findall(data, 0, error.start)) + 1
            byte = data[error.start]
            raise UndecodableSource(
                f"byte 0x{byte:02x} on line {line} is not {error.encoding}"
            ) from None
        except (SyntaxError, LookupError, ValueError) as error:
            raise UndecodableSource(str(error)) from None
        source = cls(path, text, encoding="utf-8" if bom else encoding, bom=bom)
        if encoding not in ("utf-8", "utf-8-sig"):
            source.rewritable = text.encode(encoding, "replace") == data
        return source

    def to_bytes(self, text: str) -> bytes:
        """Encode ``text`` as this file was encoded.

        Raises:
            UnicodeEncodeError: the text holds a character that the encoding lacks.
        """
        data = text.encode(self.encoding)
        return _BOM + data if self.bom else data

    @cached_property
    def newline(self) -> str:
        """The newline of the first line, for lines that a fix adds."""
        match = _LINE_END.search(self.text)
        return match[0] if match else "\n"

    @cached_property
    def digest(self) -> str:
        """A short fingerprint of the text."""
        return blake2b(self.text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, offset: int, units: Units = "utf-32") -> tuple[int, int]:
        """Return the zero-based line and column of ``offset``, the column in ``units``."""
        line = bisect_right(self.line_starts, offset) - 1
        start = self.line_starts[line]
        return line, _width(self.text[start:offset], units)

    def offset(self, line: int, column: int, units: Units = "utf-32") -> int:
        """Return the offset of a zero-based position; one past the line's end becomes its end."""
        if line >= len(self.line_starts):
            return len(self.text)
        text = self.line(line)
        if units != "utf-32":
            width = 0
            for count, character in enumerate(text):
                if width >= column:
                    column = count
                    break
                width += _width(character, units)
            else:
                column = len(text)
        return self.line_starts[line] + min(column, len(text))

    def line(self, number: int) -> str:
        """Return the text of a zero-based line without its newline."""
        start = self.line_starts[number]
        end = self.line_starts[number + 1] if number + 1 < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


def _width(text: str, units: Units) -> int:
    if units == "utf-32" or text.isascii():
        return len(text)
    if units == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
