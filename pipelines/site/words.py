"""Codes as people read them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

# What does not become readable by taking the underscores out.
WORDS = {
    "open_un_org": "open.un.org",
    "ceb": "Chief Executives Board",
    "iati": "IATI",
    "iati_organisation": "Organisation files of IATI",
    "rptc": "regular programme of technical cooperation",
    "technical_cooperation": "technical cooperation",
    "m49_region": "M49 region",
    "m49_subregion": "M49 subregion",
    "un_regional_group": "United Nations regional group",
    "dac_region": "DAC region",
    "great_expectations": "Great Expectations",
    "dbt": "dbt",
    "usd": "US$",
    "ipsas": "IPSAS",
    "unsas": "UNSAS",
    "eq": "equals",
    "approx": "around",
    "gt": "more than",
    "gte": "at least",
    "lt": "less than",
    "lte": "at most",
}


def words(code: object) -> str:
    """A code in words: `technical_cooperation` is technical cooperation, `expenditure_usd` expenditure (US$)."""
    if code is None:
        return ""
    text = str(code)
    if text in WORDS:
        return WORDS[text]
    stem = text.removesuffix("_usd")
    return stem.replace("_", " ") + (" (US$)" if stem != text else "")


def sentence(text: str) -> str:
    """A text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def number(value: object, places: int | None = None) -> str:
    """A number with thousands separators, without zeros that say nothing; a text stays as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (int, float, Decimal)):
        return str(value)
    exact = Decimal(str(value))
    if places is None:
        places = 0 if exact == exact.to_integral_value() else min(2, -int(exact.normalize().as_tuple().exponent))
    return f"{exact:,.{places}f}".replace("-", "−")


def percent(value: object) -> str:
    """A percentage with one decimal."""
    return "" if value is None else f"{number(value, 1)} %"


def day(value: object) -> str:
    """A date as documents write it: 31 December 2004."""
    return f"{value.day} {value:%B %Y}" if isinstance(value, date | datetime) else "" if value is None else str(value)
