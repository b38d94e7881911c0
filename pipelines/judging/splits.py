"""Split notation and exact splits: `KG:60|TJ:40`, and how cents divide by it.

The models divide in SQL; `split_amount` says what they must give.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

# The finest share that the models divide by exactly: subprogrammes and recipients of seven decimals each cross to a denominator of 10^18.
SHARE_DECIMALS = 7
TOLERANCE = Decimal("0.01")

_SHARE = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]+)?)\s*%?")


@dataclass(frozen=True, kw_only=True)
class SplitPart:
    """One part: its label, the percentage stated for it (None where the parts are equal), and its exact share of the whole."""

    label: str
    stated_pct: Decimal | None
    share: Fraction


class SplitError(ValueError):
    """A split that cannot be used; `rule` says which rule it breaks."""

    def __init__(self, rule: str, message: str) -> None:
        """Keep the rule beside the message."""
        super().__init__(message)
        self.rule = rule


def parse_split(text: str) -> tuple[SplitPart, ...]:
    """Parts of a split text, in the order written.

    Shares are weights over their own sum: 33.33 three times is three thirds.

    Args:
        text: `KG:60|TJ:40`, or `KG|TJ` for equal parts, or one label alone.

    Raises:
        SplitError: `split_unreadable` (an empty or repeated label, a share that is no number or negative or finer than seven decimals, shares
            for some parts only) or `split_sum` (shares that do not add to 100 within 0.01).
    """
    labels: list[str] = []
    stated: list[Decimal | None] = []
    for piece in text.split("|"):
        label, colon, share = piece.rpartition(":")
        label = (label if colon else piece).strip()
        if not label:
            raise SplitError("split_unreadable", f"an empty part in {text!r}")
        if label in labels:
            raise SplitError("split_unreadable", f"{label} stands twice in {text!r}")
        labels.append(label)
        stated.append(_percentage(share.strip(), text) if colon else None)
    if all(pct is None for pct in stated):
        return tuple(SplitPart(label=label, stated_pct=None, share=Fraction(1, len(labels))) for label in labels)
    if any(pct is None for pct in stated):
        raise SplitError("split_unreadable", f"some parts of {text!r} have a share and some have none")
    total = sum(stated, Decimal(0))
    if abs(total - 100) > TOLERANCE:
        raise SplitError("split_sum", f"the shares of {text!r} add to {total}")
    return tuple(SplitPart(label=label, stated_pct=pct, share=Fraction(pct) / Fraction(total)) for label, pct in zip(labels, stated, strict=True))


def _percentage(share: str, text: str) -> Decimal:
    match = _SHARE.fullmatch(share)
    if not match:
        raise SplitError("split_unreadable", f"{share!r} in {text!r} is no percentage")
    value = Decimal(match.group(1))
    if value < 0:
        raise SplitError("split_unreadable", f"{share} in {text!r} is negative")
    if -value.as_tuple().exponent > SHARE_DECIMALS:
        raise SplitError("split_unreadable", f"{share} in {text!r} has more than {SHARE_DECIMALS} decimals")
    return value


def split_violation(text: str) -> str | None:
    """The rule that a split text breaks, or None."""
    try:
        parse_split(text)
    except SplitError as error:
        return error.rule
    return None


def labels_of(text: str) -> tuple[str, ...]:
    """Labels of a split text, none if it cannot be used."""
    try:
        return tuple(part.label for part in parse_split(text))
    except SplitError:
        return ()


def labels_in(column: str) -> str:
    """In SQL, the labels of a column in split notation, or of a list without shares."""
    return f"list_transform(string_split({column}, '|'), lambda part: trim(split_part(part, ':', 1)))"


def split_weights(parts: Sequence[SplitPart]) -> list[int]:
    """Whole-number weights of parsed parts: one each where equal, else ten-millionths of a per cent."""
    return [1 if part.stated_pct is None else int(part.stated_pct.scaleb(SHARE_DECIMALS)) for part in parts]


def split_amount(cents: int, weights: Sequence[int]) -> list[int]:
    """Whole cents of each part: they add to `cents`, and each lies within one cent of its exact share.

    Cumulative weights are rounded half away from zero and differenced. The sign is taken out first, so that a refund mirrors its payment.

    Args:
        cents: the amount, of either sign.
        weights: weights over their own sum, none negative, not all zero.

    Raises:
        ValueError: a weight is negative, or all are zero.
    """
    denominator = sum(weights)
    if denominator <= 0 or min(weights) < 0:
        raise ValueError(f"weights must not be negative and must add to more than zero: {list(weights)}")
    sign, size = (-1, -cents) if cents < 0 else (1, cents)
    parts, below, reached = [], 0, 0
    for weight in weights:
        reached += weight
        upto = (2 * size * reached + denominator) // (2 * denominator)
        parts.append(sign * (upto - below))
        below = upto
    return parts
