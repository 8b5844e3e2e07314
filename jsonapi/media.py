"""Media types in `Accept` and `Content-Type` (RFC 9110, 8.3 and 12.5.1; JSON:API 1.1, 5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.http import parse_header_parameters

JSON_API = "application/vnd.api+json"
CURSOR_PROFILE = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination"
ATOMIC_EXTENSION = "https://jsonapi.org/ext/atomic"

OWN = frozenset({"ext", "profile"})  # the only parameters that JSON:API's media type has
BETWEEN_COMMAS = re.compile(r'(?:"(?:\\.|[^"\\])*"|[^,"])+')


@dataclass(frozen=True, slots=True)
class MediaType:
    """`type/subtype` in lower case, and the parameters; `q` is not one of them."""

    name: str
    parameters: Mapping[str, str]
    is_refused: bool  # q=0

    def uris(self, parameter: str) -> frozenset[str]:
        """Return the URIs that `ext` or `profile` lists, separated by blanks."""
        return frozenset(self.parameters.get(parameter, "").split())

    @property
    def has_foreign_parameters(self) -> bool:
        """Tell whether there is a parameter that JSON:API does not know."""
        return not self.parameters.keys() <= OWN


@lru_cache(maxsize=512)
def parse(text: str) -> MediaType:
    """Return one media type or range; quoted values may hold any character."""
    name, parameters = parse_header_parameters(text)
    quality = parameters.pop("q", "1")
    return MediaType(name.lower(), parameters, re.fullmatch(r"0(\.0*)?", quality) is not None)


def ranges(header: str) -> list[MediaType]:
    """Return the media ranges of an `Accept` header, in its order."""
    return [parse(one.strip()) for one in BETWEEN_COMMAS.findall(header) if one.strip()]
