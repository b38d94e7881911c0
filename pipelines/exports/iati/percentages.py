"""Percentages that say exactly how a whole is divided.

The reader divides by percentages over their own sum. So a third need not be written with endless decimals: three times 33.333333 are three
equal parts of 99.999999, which is exactly a third each, and the sum lies well within the hundredth that the standard's rules allow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

# The finest percentage that the reader divides by, and that split notation may state (see `pipelines.judging.splits`).
DECIMALS = 7
# What the sum of written percentages may lie off 100, as a part of it: a hundredth of a percentage point, as in split notation.
TOLERANCE = 10_000


def percentages(weights: Sequence[int]) -> list[str | None]:
    """One percentage per weight, in the same proportions as the weights, with as few decimals as that needs.

    Args:
        weights: whole-number weights over their own sum, all above zero.

    Returns:
        The percentages as written; None for a single weight, which is the whole and needs none.

    Raises:
        ValueError: a weight is not above zero, or no percentages of at most seven decimals have these proportions.
    """
    if not weights or min(weights) <= 0:
        raise ValueError(f"weights must be above zero: {list(weights)}")
    if len(weights) == 1:
        return [None]
    divisor = math.gcd(*weights)
    parts = [weight // divisor for weight in weights]
    total = sum(parts)
    # The sum is 100 with few decimals, or else the proportions are kept at the finest ones and the sum lies close by.
    for decimals in range(DECIMALS + 1):
        hundred = 100 * 10**decimals
        step = max(1, round(hundred / total))
        exact = step * total == hundred
        if exact or (decimals >= DECIMALS - 1 and abs(step * total - hundred) * TOLERANCE <= hundred):
            return [_written(part * step, decimals) for part in parts]
    raise ValueError(f"no percentages of {DECIMALS} decimals have the proportions {parts}")


def _written(units: int, decimals: int) -> str:
    whole, rest = divmod(units, 10**decimals)
    return f"{whole}.{rest:0{decimals}d}".rstrip("0").rstrip(".") if decimals else str(whole)
