"""What delivered place labels mean: countries by code or name, groups, and the words for everywhere and nowhere.

A label is read without a date: `CS` stays `CS`. Which country it was on the row's day is for the models, which join dated countries.
"""

from __future__ import annotations

import csv
import importlib.util
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from pipelines.contracts.names import Names
from pipelines.contracts.place_names import SPECIAL_PLACES, cldr_names
from pipelines.contracts.seeds import read_seed

PLACE_LABEL_COLUMNS: dict[str, pl.DataType] = {"label": pl.String(), "place": pl.String(), "place_kind": pl.String(), "read_as": pl.String()}


@dataclass(frozen=True, kw_only=True)
class Place:
    """What a label was read as.

    Attributes:
        place: code, `UNKNOWN` if nobody knows the label or if it may mean several places.
        place_kind: country, country_group, global, unallocated or unknown.
        read_as: alpha2, alpha3, name, group, special, ambiguous (a name of several countries) or none.
        others: of an ambiguous name, the countries that it may mean; of an official name, those that are easily taken for it.
    """

    place: str
    place_kind: str
    read_as: str
    others: tuple[str, ...] = ()


class KnownPlaces:
    """The places that the seeds know, and those of CLDR and country_converter as soon as a label is none of them.

    Names are asked in this order: the official ones (the United Nations' own short names in the six official languages), aliases, groups,
    delivered groups, CLDR, country_converter. The first that knows a label decides, and if it knows several countries by that name the label
    is ambiguous.
    """

    def __init__(self, seeds: Path, delivered_groups: Iterable[str] = ()) -> None:
        """The folder with countries, country_names, country_aliases and country_groups; and the codes of groups whose members were delivered."""
        countries, official, groups = (read_seed(seeds, name) for name in ("countries", "country_names", "country_groups"))
        aliases = read_seed(seeds, "country_aliases")
        self._alpha2 = {row["country"]: row["name"] for row in countries}
        self._alpha3 = {row["alpha3"]: row["country"] for row in countries if row["alpha3"]}
        self._groups = {row["country_group"] for row in groups}
        named = [(row["name"], row["country"]) for row in (*countries, *official)]
        self._official = Names(named)
        self._confused = {row["country"]: tuple(row["easily_confused_with"].split("|")) for row in official if row["easily_confused_with"]}
        self._aliases = Names((row["label"], row["country"]) for row in aliases)
        beside = sorted(set(delivered_groups))
        self._delivered = set(beside)
        self._delivered_names = Names((group, group) for group in beside)
        self._group_names = Names((row["name"], row["country_group"]) for row in groups)
        self._all = [*named, *((row["label"], row["country"]) for row in aliases), *((row["name"], row["country_group"]) for row in groups)]

    def read(self, label: str) -> Place:
        """What a label means: codes first, then names."""
        upper = label.upper()
        if upper in SPECIAL_PLACES:
            return Place(place=upper, place_kind=SPECIAL_PLACES[upper], read_as="special")
        if upper in self._alpha2:
            return Place(place=upper, place_kind="country", read_as="alpha2")
        if upper in self._alpha3:
            return Place(place=self._alpha3[upper], place_kind="country", read_as="alpha3")
        if label in self._groups or upper in self._groups:
            return Place(place=label if label in self._groups else upper, place_kind="country_group", read_as="group")
        return self._read_name(label)

    def _read_name(self, label: str) -> Place:
        official = self._official.codes(label)
        if official:
            return _country(official, self._confused.get(official[0], ()))
        if aliases := self._aliases.codes(label):
            return _country(aliases)
        if groups := self._group_names.codes(label):
            return Place(place=groups[0], place_kind="country_group", read_as="group")
        # Nobody may call a group as a country is called; in another case it is the group as long as there is one of that name.
        own = (label,) if label in self._delivered else self._delivered_names.codes(label)
        if len(own) == 1:
            return Place(place=own[0], place_kind="country_group", read_as="group")
        if common := self._cldr.codes(label):
            return _country(common)
        converted = [code for pattern, code in self._patterns if pattern.search(label)]
        if len(set(converted)) == 1 and converted[0] in self._alpha2:
            return _country((converted[0],))
        return Place(place="UNKNOWN", place_kind="unknown", read_as="none")

    def name_of(self, code: str) -> str:
        """A country as findings tell it: its name and its code."""
        return f"{self._alpha2[code]} ({code})" if code in self._alpha2 else code

    def nearest(self, label: str) -> str:
        """The known name that is written most like a label, with its code; empty if none is near."""
        found = self._near.nearest(label)
        return f"{found[0]} ({', '.join(found[1])})" if found else ""

    @cached_property
    def _near(self) -> Names:
        return Names(self._all)

    @cached_property
    def _cldr(self) -> Names:
        return Names((name, code) for name, code in cldr_names() if code in self._alpha2)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """The patterns of country_converter and their alpha-2 codes.

        Its table is read directly: importing the package takes a second for pandas, and its constructor fails on pandas 3.1, which takes
        Namibia's `NA` for a missing value.
        """
        if not self._alpha2:
            return []
        table = Path(importlib.util.find_spec("country_converter").origin).with_name("country_data.tsv")
        with table.open(encoding="utf-8", newline="") as lines:
            return [(re.compile(row["regex"], re.IGNORECASE), row["ISO2"]) for row in csv.DictReader(lines, delimiter="\t") if row["ISO2"]]


def _country(codes: tuple[str, ...], confused: tuple[str, ...] = ()) -> Place:
    """A name's country; none if it is the name of several."""
    if len(codes) > 1:
        return Place(place="UNKNOWN", place_kind="unknown", read_as="ambiguous", others=codes)
    return Place(place=codes[0], place_kind="country", read_as="name", others=confused)


def read_places(labels: Iterable[str], known: KnownPlaces) -> dict[str, Place]:
    """Meaning of each distinct label as delivered, in the order of the labels."""
    return {label: known.read(label) for label in sorted(set(labels))}


def place_labels(places: Mapping[str, Place]) -> pl.DataFrame:
    """Labels and their meaning in the columns of `place_labels`."""
    rows = [(label, place.place, place.place_kind, place.read_as) for label, place in places.items()]
    return pl.DataFrame(rows, schema=PLACE_LABEL_COLUMNS, orient="row")
