"""Files of inputs, read piece by piece: JSON (an array, or one object a line) and CSV."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any, Protocol

import orjson

from jsonapi.errors import BadRequest
from transfers.models import Format

CHUNK = 65_536  # bytes read at once
LONGEST = 65_536  # characters of one input
DELIMITERS = ",;\t"
BLANK = " \t\r\n"
SCANNER = json.JSONDecoder()


class Stream(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes: ...


class Malformed(BadRequest):
    """400: the file is not what it is said to be."""

    def __init__(self, detail: str) -> None:
        super().__init__("INVALID_DATA_FORMAT", "Invalid data format", detail)


def inputs(stream: Stream, form: str, known: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield the inputs of a file, of which little is in memory at any time. Raises Malformed.

    `known` are the names that columns of CSV may have: a file without a header is refused.
    """
    return csv_inputs(stream, known) if form == Format.CSV else json_inputs(stream)


def json_inputs(stream: Stream) -> Iterator[dict[str, Any]]:
    """Yield the objects of an array, or those that follow each other."""
    window = Window(stream)
    if window.peek() != "[":
        while window.peek():
            yield window.take_object()
        return
    window.take()
    more = window.peek() != "]"
    while more:
        yield window.take_object()
        more = window.peek() == ","
        if more:
            window.take()
    if window.peek() != "]":
        raise Malformed("The array does not end.")
    window.take()
    if window.peek():
        raise Malformed("Something follows the array.")


class Window:
    """The part of a text that is being looked at."""

    def __init__(self, stream: Stream) -> None:
        self.pieces = _pieces(stream)
        self.text = ""
        self.at = 0

    def peek(self) -> str:
        """Return the next character that is not blank; empty at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in BLANK:
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._read_on():
                return ""

    def take(self) -> None:
        """Go past the next character."""
        self.at += 1

    def take_object(self) -> dict[str, Any]:
        """Return the next object. Raises Malformed."""
        if self.peek() != "{":
            raise Malformed("Inputs are objects.")
        while True:
            try:
                _, end = SCANNER.raw_decode(self.text, self.at)
                found: dict[str, Any] = orjson.loads(self.text[self.at : end])
            except (ValueError, RecursionError):
                if len(self.text) - self.at > LONGEST or not self._read_on():
                    raise Malformed("An input is no JSON, or too long.") from None
            else:
                self.at = end
                return found

    def _read_on(self) -> bool:
        piece = next(self.pieces, "")
        self.text, self.at = self.text[self.at :] + piece, 0
        return bool(piece)


def csv_inputs(stream: Stream, known: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows below the header; commas, semicolons or tabs are between the cells."""
    lines = _lines(stream)
    first = next(lines, "")
    delimiter = max(DELIMITERS, key=first.count)
    rows = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    try:
        header = next(rows, [])
        _check_header(header, known)
        for row in rows:
            if len(row) > len(header):
                raise Malformed(f"Line {rows.line_num} has more cells than the header.")
            if any(row):
                yield dict(zip(header, row, strict=False))
    except csv.Error:
        raise Malformed(f"Line {rows.line_num} is no CSV.") from None


def _check_header(header: list[str], known: Collection[str]) -> None:
    for name in header:
        if name not in known:
            raise Malformed(f"The first line has to name attributes; {name[:100]!r} is none.")
    if len(set(header)) != len(header) or not header:
        raise Malformed("The first line has to name attributes, each once.")


def _lines(stream: Stream) -> Iterator[str]:
    rest = ""
    for piece in _pieces(stream):
        *lines, rest = (rest + piece).split("\n")
        for line in lines:
            yield f"{line}\n"
        if len(rest) > LONGEST:
            raise Malformed("A line is too long.")
    if rest:
        yield rest


def _pieces(stream: Stream) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        while chunk := stream.read(CHUNK):
            if piece := decoder.decode(chunk):
                yield piece
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Malformed("The file is not UTF-8.") from None
