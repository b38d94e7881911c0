"""Headers that say something of the cells below them: a year, a quarter, a source of funds, a measure; and how rows are made of such columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.contracts import Source, column_metadata, contract_columns
from pipelines.contracts.codes import funding_sources
from pipelines.mapping.vocabulary import TOTAL, code_said

YEAR = r"(?:FY ?)?(?:19|20)\d\d(?:[-/–](?:19|20)?\d\d)?"
_YEAR = re.compile(YEAR)
_YEARS_IN = re.compile(r"(?<!\d)(?:19|20)\d\d(?:[-/–](?:19|20)?\d\d)?(?!\d)")
_QUARTER = re.compile(
    r"(?:Q|T|Quarter |Trimestre )[1-4]|(?:1st|2nd|3rd|4th) quarter|[1-4]e trimestre|[1-4]\.? ?(?:квартал|кв\.?)|(?:I{1,3}|IV) (?:квартал|кв\.?)", re.IGNORECASE
)
_YEAR_GROUP = r"(?P<year>(?:19|20)\d\d(?:[-/–](?:19|20)?\d\d)?)"
# Headers that say a year and perhaps something else, from the plainest to the most general.
_FORMS = (
    r"(?P<group>[^|]+) \| (?P<year>(?:19|20)\d\d)",
    rf"(?P<group>.*[^\s\d].*) \| \D*{_YEAR_GROUP}.*",
    rf"\D*{_YEAR_GROUP}[^|]*\| (?P<group>.+)",
    rf"(?P<group>[^\d|]*[^\W\d_][^\d|]*?)[\s:,(\[–-]*{_YEAR_GROUP}\D*",
    rf"(?:FY ?)?{_YEAR_GROUP}[\s:,)\]–-]*(?P<group>\D*[^\W\d_]\D*)",
)
_YEAR_ALONE = rf"\D*{_YEAR_GROUP}.*"
# Columns of contracts whose codes stand as headers.
CODED = ("funding_source", "measure", "movement")


@dataclass(frozen=True, kw_only=True)
class Long:
    """The columns that a proposal makes rows of, and how the made columns are called.

    Attributes:
        on: the delivered columns.
        matched: what their names match and no other's does; empty where they must be named one by one.
        variable: the column of the header's text.
        pattern: how the header's text is taken apart, empty where it says one thing.
        groups: columns of its parts.
        value: the column of the cell.
        roles: contract columns and the made columns that fill them.
        said: what stands as columns.
    """

    on: tuple[str, ...]
    matched: str
    variable: str
    pattern: str
    groups: tuple[str, ...]
    value: str
    roles: tuple[tuple[str, str], ...]
    said: str

    @property
    def made(self) -> tuple[str, ...]:
        """The columns that take the place of the delivered ones."""
        return (*self.groups, *([] if self.groups else [self.variable]), self.value)

    def parts(self, name: str) -> dict[str, str]:
        """What a header says, by made column."""
        found = re.fullmatch(self.pattern, name) if self.pattern else None
        return {group: found[group] for group in self.groups} if found else {self.variable: name}


def year_of(name: str) -> str | None:
    """The one year that a header names, `2022-23` and `FY 2022` among them; None where it names none or several."""
    if TOTAL.fullmatch(name):
        return None
    years = {found.removeprefix("FY").strip() for found in _YEARS_IN.findall(name)}
    return years.pop() if len(years) == 1 else None


def is_year(text: str) -> bool:
    """Whether a text is a year and nothing else."""
    return bool(_YEAR.fullmatch(text))


def long_by_years(on: Sequence[str], columns: Sequence[str], contract: Source | None) -> Long | None:
    """How rows are made of columns that name a year each; None where fewer than two do.

    Args:
        on: those columns.
        columns: all of the delivery.
        contract: says which code lists the rest of a header may come from.
    """
    on = tuple(name for name in on if name in columns and re.fullmatch(_YEAR_ALONE, name))
    if len(on) < 2:
        return None
    names = contract_columns(contract) if contract else ()
    amount = next((name for name in ("amount", "value") if name in names), "amount")
    year = next((name for name in ("fiscal_year", "period") if name in names), "fiscal_year")
    if all(re.fullmatch(r"\d{4}", name) or re.fullmatch(r"\d{4}[-/–]\d{2,4}", name) for name in on):
        roles = ((year, "year"), (amount, "value"))
        return Long(on=on, matched=_only(r"(?:FY ?)?\d{4}.*", on, columns), variable="year", pattern="", groups=(), value="value", roles=roles, said="Years")
    pattern = next((form for form in _FORMS if all(re.fullmatch(form, name) for name in on)), "")
    texts = sorted({re.fullmatch(pattern, name)["group"] for name in on}) if pattern else []  # type: ignore[index]
    coded = _coded(texts, contract) if contract else None
    groups: tuple[str, ...] = ("year",)
    if not pattern or (coded is None and len(texts) == 1):
        pattern = _YEAR_ALONE
    else:
        groups = ("group", "year") if pattern.find("<group>") < pattern.find("<year>") else ("year", "group")
    told = [(year, "year"), (amount, "value")]
    if "group" in groups:
        if coded is None and "funding_source" in names:
            coded = "funding_source"
        told += [(coded, "group")] if coded else []
    matched = _only(r".+ \| (?:FY ?)?\d{4}.*", on, columns) or _only(pattern.replace("?P<group>", "?:").replace("?P<year>", "?:"), on, columns)
    return Long(on=on, matched=matched, variable="head", pattern=pattern, groups=groups, value="value", roles=tuple(told), said="Years")


def long_by_codes(columns: Sequence[str], figures: Sequence[str], contract: Source) -> Long | None:
    """How rows are made of columns that are named by codes of one contract column, or by quarters; None where fewer than two are.

    Args:
        columns: all of the delivery.
        figures: those whose cells are numbers.
        contract: whose code lists count.
    """
    names = contract_columns(contract)
    if "amount" not in names:
        return None
    for column in CODED:
        if column in names and column not in columns:
            on = tuple(name for name in figures if not TOTAL.fullmatch(name) and code_said(name, column, codes_of(contract, column), inside=True))
            if len({code_said(name, column, codes_of(contract, column), inside=True) for name in on}) > 1:
                roles = ((column, "head"), ("amount", "value"))
                words = {"funding_source": "Sources of funds", "measure": "Measures", "movement": "Movements"}[column]
                return Long(on=on, matched="", variable="head", pattern="", groups=(), value="value", roles=roles, said=words)
    on = tuple(name for name in figures if _QUARTER.fullmatch(name))
    if len(on) < 2:
        return None
    return Long(on=on, matched="", variable="quarter", pattern="", groups=(), value="value", roles=(("amount", "value"),), said="Quarters")


def codes_of(contract: Source, column: str) -> tuple[str, ...]:
    """The code list of a contract's column, empty if it has none."""
    return tuple(funding_sources() if column == "funding_source" else column_metadata(contract, column)["codes"])


def _coded(texts: Sequence[str], contract: Source) -> str | None:
    """The contract column whose codes most of the texts are."""
    names = contract_columns(contract)
    hits = {column: sum(1 for text in texts if code_said(text, column, codes_of(contract, column), inside=True)) for column in CODED if column in names}
    best = max(hits, key=lambda column: hits[column], default=None)
    return best if best and hits[best] else None


def _only(pattern: str, on: Sequence[str], columns: Sequence[str]) -> str:
    """The pattern, if it is these columns' names that it matches and no others'; else nothing."""
    return pattern if [name for name in columns if re.fullmatch(pattern, name)] == list(on) else ""
