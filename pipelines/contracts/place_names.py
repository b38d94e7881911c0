"""Names of countries and of groups of countries that are known, for whoever reads them, and all names known for whoever reads lists of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pipelines import settings
from pipelines.contracts.seeds import read_seed

NAMES_IN_SEEDS = (
    ("countries", "name"),
    ("country_names", "name"),
    ("country_aliases", "label"),
    ("country_groups", "name"),
    ("entities", "name"),
    ("entity_names", "name"),
    ("subprogrammes", "name"),
)
# Words that stand for a place, and the kind of place that each is.
SPECIAL_PLACES = {
    "GLOBAL": "global",
    "INTERREGIONAL": "global",
    "REGIONAL": "global",
    "UNALLOCATED": "unallocated",
    "UNKNOWN": "unknown",
}
# The six official languages first, then those of the region and of many who report to it.
CLDR_LANGUAGES = tuple(["en", "fr", "es", "ru", "ar", "zh", "de", "it", "pt", "tr", "uk", "be", "kk", "ky", "uz", "tg", "tk", "az", "hy", "ka"])


@lru_cache
def cldr_names() -> tuple[tuple[str, str], ...]:
    """Names of territories and their alpha-2 codes as the Unicode CLDR has them, language by language.

    They come with the library babel, which is imported only here: most runs meet no name that the seeds do not know.
    """
    from babel import Locale

    languages = (Locale.parse(language).territories for language in CLDR_LANGUAGES)
    return tuple((name, code) for territories in languages for code, name in territories.items() if len(code) == 2 and code.isalpha())


@lru_cache
def known_names(seeds: Path = settings.SEEDS) -> frozenset[str]:
    """The names of places, entities and subprogrammes, without regard to case (casefolded)."""
    seeded = {row[column].casefold() for seed, column in NAMES_IN_SEEDS for row in read_seed(seeds, seed)}
    return frozenset(seeded | {name.casefold() for name, _ in cldr_names()})
