"""Lists as people write them in one cell, in the notation of splits: `KG 60%, TJ 40%` is `KG:60|TJ:40`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from pipelines.contracts.place_names import known_names
from pipelines.mapping.mapping import Derivation

_NUMBER = r"(\d{1,3}(?:[.,]\d+)?)\s*%"
_SHARE_BEFORE = re.compile(rf"{_NUMBER}\s*[-–:]?\s*(?:of\s+)?(\S.*)")
_SHARE_BEHIND = re.compile(rf"(.*[^\s\d.,(:–-])[\s(:–-]*{_NUMBER}\s*\)?")
# What separators in names and numbers are while a text is taken apart: characters for private use, which no delivery holds.
_FIRST_PRIVATE = 0xE000
MOST_PROTECTED = 6_000


def in_split_notation(texts: pl.Series, derivation: Derivation) -> pl.Series:
    """Each text as the parts that its separators make, joined by `|`, a share behind its name; each distinct text is taken apart once.

    A name that is known is read before the separators split it. Where only some parts have a share the text keeps them so, and is judged like
    any other split.

    Args:
        texts: the cells.
        derivation: its separators, and the values that parts are translated by.
    """
    distinct = [text for text in texts.unique() if text is not None]
    if not distinct:
        return texts
    return texts.replace(distinct, [_one(text, derivation) for text in distinct])


def _one(text: str, derivation: Derivation) -> str:
    parts = []
    for piece in _pieces(text, derivation.separators):
        name, share = _name_and_share(piece)
        name = derivation.values.get(name, name if derivation.otherwise is None else derivation.otherwise)
        parts.append(f"{name}:{share}" if share else name)
    return "|".join(parts)


def _pieces(text: str, separators: Sequence[str]) -> list[str]:
    """The parts between separators, known names and decimal commas left whole."""
    kept: list[str] = []
    if any(_FIRST_PRIVATE <= ord(one) < _FIRST_PRIVATE + MOST_PROTECTED for one in text):
        return [text]

    def protected(found: re.Match[str]) -> str:
        if len(kept) >= MOST_PROTECTED:
            return found[0]
        kept.append(found[0])
        return chr(_FIRST_PRIVATE + len(kept) - 1)

    names = _names_with(tuple(separators))
    if names is not None:
        text = names.sub(protected, text)
    text = re.sub(r"\d+,\d+(?=\s*%)", protected, text)
    pieces = re.split("|".join(map(re.escape, sorted(separators, key=len, reverse=True))), text, flags=re.IGNORECASE)
    whole = ["".join(kept[ord(one) - _FIRST_PRIVATE] if 0 <= ord(one) - _FIRST_PRIVATE < len(kept) else one for one in piece) for piece in pieces]
    return [" ".join(piece.split()) for piece in whole if piece.strip()]


@lru_cache(maxsize=64)
def _names_with(separators: tuple[str, ...]) -> re.Pattern[str] | None:
    """The known names in which a separator stands, the longest first."""
    names = [name for name in known_names() if any(separator.casefold() in name for separator in separators)]
    if not names:
        return None
    words = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def _name_and_share(piece: str) -> tuple[str, str]:
    for pattern, name, share in ((_SHARE_BEHIND, 1, 2), (_SHARE_BEFORE, 2, 1)):
        found = pattern.fullmatch(piece)
        if found:
            return found[name].strip(" :(–-"), found[share].replace(",", ".")
    return piece, ""
