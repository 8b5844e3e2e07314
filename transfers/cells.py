"""Texts in cells of CSV, which spreadsheets must not take for formulas."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
QUOTE = "'"


def escape(text: str) -> str:
    """Return `text` as spreadsheets take it for a text, whatever it begins with."""
    stripped = text.lstrip(" '\"")
    return f"{QUOTE}{text}" if text.startswith(FORMULA) or stripped.startswith(FORMULA) else text


def unescape(cell: str) -> str:
    """Return what `escape` was given."""
    text = cell.removeprefix(QUOTE)
    return text if text != cell and escape(text) == cell else cell
