"""Names of countries and of groups of countries that are known, for whoever reads lists of them."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from pipelines import settings

NAMES_IN_SEEDS = (("countries", "name"), ("country_aliases", "label"), ("country_groups", "name"))


@lru_cache
def known_names(seeds: Path = settings.SEEDS) -> frozenset[str]:
    """The names, without regard to case (casefolded)."""
    names: set[str] = set()
    for seed, column in NAMES_IN_SEEDS:
        file = seeds / f"{seed}.csv"
        if file.exists():
            with file.open(encoding="utf-8", newline="") as lines:
                names |= {row[column].casefold() for row in csv.DictReader(lines)}
    return frozenset(names)
