"""What delivered place labels mean: countries by code or name, groups, and the words for everywhere and nowhere.

A label is read without a date: `CS` stays `CS`. Which country it was on the row's day is for the models, which join dated countries.
"""

from __future__ import annotations

import csv
import importlib.util
import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl

PLACE_LABEL_COLUMNS: dict[str, pl.DataType] = {"label": pl.String(), "place": pl.String(), "place_kind": pl.String(), "read_as": pl.String()}

SPECIAL_PLACES = {
    "GLOBAL": "global",
    "INTERREGIONAL": "global",
    "REGIONAL": "global",
    "UNALLOCATED": "unallocated",
    "UNKNOWN": "unknown",
}


def read_seed(seeds: Path, name: str) -> list[dict[str, str]]:
    """Rows of a seed, empty if the folder holds none of that name."""
    file = seeds / f"{name}.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_places(labels: Iterable[str], seeds: Path) -> pl.DataFrame:
    """Meaning of each distinct label, in the columns of `place_labels`.

    Codes first (ISO 3166-1 alpha-2 and alpha-3, codes of groups), then names of the seeds and their aliases, then the names that
    country_converter knows. What nobody knows is `UNKNOWN`.

    Args:
        labels: labels as delivered.
        seeds: folder with countries, country_aliases and country_groups.
    """
    countries = read_seed(seeds, "countries")
    alpha2 = {row["country"] for row in countries}
    alpha3 = {row["alpha3"]: row["country"] for row in countries if row["alpha3"]}
    groups = {row["country_group"] for row in read_seed(seeds, "country_groups")}
    names = {row["name"].casefold(): row["country"] for row in countries}
    names |= {row["label"].casefold(): row["country"] for row in read_seed(seeds, "country_aliases")}
    group_names = {row["name"].casefold(): row["country_group"] for row in read_seed(seeds, "country_groups")}

    rows: list[tuple[str, str, str, str]] = []
    unread: list[str] = []
    for label in sorted(set(labels)):
        upper, lower = label.upper(), label.casefold()
        if upper in SPECIAL_PLACES:
            rows.append((label, upper, SPECIAL_PLACES[upper], "special"))
        elif upper in alpha2:
            rows.append((label, upper, "country", "alpha2"))
        elif upper in alpha3:
            rows.append((label, alpha3[upper], "country", "alpha3"))
        elif label in groups or upper in groups:
            rows.append((label, label if label in groups else upper, "country_group", "group"))
        elif lower in names:
            rows.append((label, names[lower], "country", "name"))
        elif lower in group_names:
            rows.append((label, group_names[lower], "country_group", "group"))
        else:
            unread.append(label)
    converted = _names_of_country_converter(unread)
    for label in unread:
        place = converted.get(label)
        rows.append((label, place, "country", "name") if place in alpha2 else (label, "UNKNOWN", "unknown", "none"))
    return pl.DataFrame(sorted(rows), schema=PLACE_LABEL_COLUMNS, orient="row")


def _names_of_country_converter(names: list[str]) -> dict[str, str]:
    """Alpha-2 codes of names as country_converter reads them, where it finds exactly one country.

    Its table of patterns is read directly: importing the package takes a second for pandas, and its constructor fails on pandas 3.1,
    which takes Namibia's `NA` for a missing value.
    """
    if not names:
        return {}
    table = Path(importlib.util.find_spec("country_converter").origin).with_name("country_data.tsv")
    with table.open(encoding="utf-8", newline="") as lines:
        patterns = [(re.compile(row["regex"], re.IGNORECASE), row["ISO2"]) for row in csv.DictReader(lines, delimiter="\t") if row["ISO2"]]
    read = {name: {code for pattern, code in patterns if pattern.search(name)} for name in names}
    return {name: codes.pop() for name, codes in read.items() if len(codes) == 1}
