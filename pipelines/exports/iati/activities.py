"""From a project to its activities, as XML elements of IATI 2.03.

Elements stand in the order that the schema of the standard asks for. Text of deliveries goes in as text or attribute only, without the
characters that XML does not know, so that no delivery can break the file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lxml import etree

from pipelines.contracts.iati import ILLUSTRATIVE, OWN_REGIONS, OWN_SUBPROGRAMMES, WAREHOUSE, codelist
from pipelines.exports.iati import projects
from pipelines.exports.iati.percentages import percentages
from pipelines.exports.iati.projects import Part, Project, Split, Transaction
from pipelines.judging.splits import parse_split, split_weights

LANGUAGE = "en"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Multilateral, in the codelist OrganisationType.
_UNITED_NATIONS = "40"
_STATUSES = {"pipeline": "1", "active": "2", "finalisation": "3", "closed": "4", "cancelled": "5", "suspended": "6"}
_SCOPES = {"global": "1", "interregional": "1", "regional": "2", "subregional": "3", "country": "4"}
_TYPES = {"contribution": "1", "commitment": "2", "disbursement": "3", "expenditure": "4", "pledge": "13"}
# What the standard has no type for, or one that says less: told beside it in the warehouse's own word.
_OWN_TYPES = ("pledge", "refund")
_PLAIN = re.compile(r"[^A-Za-z0-9._-]")
# Characters outside `Char` of XML 1.0.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Who publishes, and what the codes of its projects mean.

    Attributes:
        entity: code in the warehouse.
        reference: identifier as a reporting organisation.
        name: of the entity.
        known_on: the day that the release speaks for; what lies behind it is planned.
        subprogrammes: (code, first day, day after the last, name), days None where open.
        places: names of countries and groups by code.
        categories: categories of the DAC by subprogramme, where the publisher's map names exactly one.
    """

    entity: str
    reference: str
    name: str
    known_on: date
    subprogrammes: Sequence[tuple[str, date | None, date | None, str]]
    places: Mapping[str, str]
    categories: Mapping[str, str]

    def subprogramme(self, code: str, day: date) -> str:
        """The name that a subprogramme had on a day; its code where it has none."""
        named = [(start, end, name) for known, start, end, name in self.subprogrammes if known == code]
        valid = [name for start, end, name in named if (start is None or start <= day) and (end is None or day < end)]
        return (valid or [name for _, _, name in named] or [code])[0]


# How the transactions of an activity divide, and whether they are constructed: what an activity can say once for all of them.
_Way = tuple[str, Split]


def activities(project: Project, publisher: Publisher) -> Iterator[etree._Element]:
    """The activities of a project.

    One, if all its money divides alike, or if every transaction that differs has one recipient and one subprogramme, which it then states
    itself. Otherwise the project is a parent without money, and transactions that divide alike stand in a child: the standard knows
    percentages for activities only, and dividing a transaction beforehand would convert its parts one by one, some a cent off.
    """
    ways: dict[_Way, list[Transaction]] = {}
    for transaction in project.transactions:
        ways.setdefault((_basis(transaction.record_basis), transaction.split), []).append(transaction)
    alike = {basis for basis, _ in ways} <= {_basis(project.record_basis)}
    if alike and len(ways) <= 1:
        yield _activity(project, publisher, split=next((split for _, split in ways), project.split), transactions=project.transactions)
    elif alike and all(_is_single(split) for _, split in ways):
        yield _activity(project, publisher, split=project.split, transactions=project.transactions, is_per_transaction=True)
    else:
        parent = _identifier(publisher, project)
        children = {way: f"{parent}:{_name(way)}" for way in ways}
        yield _activity(project, publisher, split=project.split, transactions=(), children=tuple(children.values()))
        for (basis, split), transactions in ways.items():
            yield _activity(project, publisher, split=split, transactions=transactions, child=children[basis, split], basis=basis)


def _basis(record_basis: str) -> str:
    return record_basis if record_basis == projects.ILLUSTRATIVE else "reported"


def _is_single(split: Split) -> bool:
    return len(split.subprogrammes) == 1 and len(split.recipients) == 1


def _name(way: _Way) -> str:
    """A name that stays the same as long as the money divides so, whatever else is booked."""
    basis, split = way
    text = repr((basis, [(part.code, part.weight) for part in split.subprogrammes], [(part.code, part.weight) for part in split.recipients]))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _identifier(publisher: Publisher, project: Project) -> str:
    """`<publisher>-<project>`; signs that identifiers should not have are written as `~` and the hexadecimal digits of their bytes."""
    return f"{publisher.reference}-{_PLAIN.sub(lambda sign: ''.join(f'~{byte:02X}' for byte in sign[0].encode()), project.project_id)}"


def _activity(
    project: Project,
    publisher: Publisher,
    *,
    split: Split,
    transactions: Sequence[Transaction],
    is_per_transaction: bool = False,
    children: Sequence[str] = (),
    child: str | None = None,
    basis: str | None = None,
) -> etree._Element:
    is_illustrative = (basis or _basis(project.record_basis)) == projects.ILLUSTRATIVE
    parent = _identifier(publisher, project)
    activity = etree.Element("iati-activity", nsmap={"techcoop": WAREHOUSE})
    activity.set(_LANG, LANGUAGE)
    activity.set("default-currency", clean(project.currency))
    activity.set("last-updated-datetime", f"{publisher.known_on}T00:00:00Z")
    activity.set("hierarchy", "2" if child else "1")
    activity.set(f"{{{WAREHOUSE}}}funding-source", clean(project.funding_source))
    etree.SubElement(activity, "iati-identifier").text = child or parent
    reporter = etree.SubElement(activity, "reporting-org", ref=publisher.reference, type=_UNITED_NATIONS)
    _narrate(reporter, publisher.name)
    _narrate(etree.SubElement(activity, "title"), project.title)
    _describe(activity, project, publisher, is_illustrative=is_illustrative)
    _participants(activity, project, publisher)
    etree.SubElement(activity, "other-identifier", ref=clean(project.project_id), type="A1")
    etree.SubElement(activity, "activity-status", code=_STATUSES[project.status])
    _dates(activity, project, publisher)
    if project.scope in _SCOPES:
        etree.SubElement(activity, "activity-scope", code=_SCOPES[project.scope])
    if not is_per_transaction:
        _recipients(activity, split.recipients, publisher)
        _sectors(activity, split.subprogrammes, publisher, project.start_date)
        _goal_shares(activity, project)
    _goals(activity, project)
    _gender_marker(activity, project)
    if not child:
        _budget(activity, project)
    for transaction in transactions:
        _transaction(activity, transaction, publisher, is_illustrative=is_illustrative, states_split=is_per_transaction)
    if child:
        etree.SubElement(activity, "related-activity", ref=parent, type="1")
    for related in children:
        etree.SubElement(activity, "related-activity", ref=related, type="2")
    return activity


def clean(text: str) -> str:
    """A text without the characters that XML does not know."""
    return _NO_XML.sub("\ufffd", text)


def _narrate(element: etree._Element, text: str) -> None:
    etree.SubElement(element, "narrative").text = clean(text)


def _describe(activity: etree._Element, project: Project, publisher: Publisher, *, is_illustrative: bool) -> None:
    said = f"{ILLUSTRATIVE}: constructed as an example, no record of any organisation. " if is_illustrative else ""
    said += f"Technical cooperation project of the {publisher.name}."
    if project.budget_amount is not None and _budget_year(project) is None:
        until = f"to {project.end_date}" if project.end_date else "with no end stated"
        said += f" Budget of the whole project, from {project.start_date} {until}: {project.budget_amount} {project.currency}."
    if project.source:
        said += f" Source: {project.source}."
    _narrate(etree.SubElement(activity, "description", type="1"), said)


def _participants(activity: etree._Element, project: Project, publisher: Publisher) -> None:
    """Donors fund (1); the leading entity is accountable (2) and implements (4), with other entities and partners."""
    for donor in _labels(project.donors):
        _narrate(etree.SubElement(activity, "participating-org", role="1"), publisher.places.get(donor, donor))
    for role in ("2", "4"):
        lead = etree.SubElement(activity, "participating-org", role=role, ref=publisher.reference, type=_UNITED_NATIONS)
        _narrate(lead, publisher.name)
    for other in [*_listed(project.joint_entities), *_listed(project.partners)]:
        _narrate(etree.SubElement(activity, "participating-org", role="4"), other)


def _labels(text: str | None) -> list[str]:
    """Labels of a text in split notation."""
    return [label for piece in (text or "").split("|") if (label := piece.rpartition(":")[0].strip() or piece.strip())]


def _listed(text: str | None) -> list[str]:
    """Names in a list separated by `|`."""
    return [name for piece in (text or "").split("|") if (name := piece.strip())]


def _dates(activity: etree._Element, project: Project, publisher: Publisher) -> None:
    """What has come about is actual, the rest planned; a project in the pipeline has only plans, and only a closed one has ended."""
    has_begun = project.status != "pipeline" and project.start_date <= publisher.known_on
    etree.SubElement(activity, "activity-date", {"type": "2" if has_begun else "1", "iso-date": project.start_date.isoformat()})
    if project.end_date is not None:
        has_ended = has_begun and project.status == "closed" and project.end_date <= publisher.known_on
        etree.SubElement(activity, "activity-date", {"type": "4" if has_ended else "3", "iso-date": project.end_date.isoformat()})


def _recipients(element: etree._Element, parts: Sequence[Part], publisher: Publisher) -> None:
    """Countries, then everything else as codes of the warehouse's own vocabulary, so that all share one hundred."""
    shares = dict(zip(parts, percentages([part.weight for part in parts]), strict=True))
    for part in sorted(parts, key=lambda part: part.scheme != "country"):
        if part.scheme == "country":
            place = etree.SubElement(element, "recipient-country", code=part.code)
        else:
            place = etree.SubElement(element, "recipient-region", {"code": part.code, "vocabulary": "99", "vocabulary-uri": OWN_REGIONS})
        if shares[part] is not None:
            place.set("percentage", shares[part])
        _narrate(place, publisher.places.get(part.code, part.code))


def _sectors(element: etree._Element, parts: Sequence[Part], publisher: Publisher, day: date) -> None:
    """Subprogrammes in the warehouse's own vocabulary; categories of the DAC beside them where the map names one for each."""
    shares = percentages([part.weight for part in parts])
    for part, share in zip(parts, shares, strict=True):
        sector = etree.SubElement(element, "sector", {"code": part.code, "vocabulary": "99", "vocabulary-uri": OWN_SUBPROGRAMMES})
        if share is not None:
            sector.set("percentage", share)
        _narrate(sector, publisher.subprogramme(part.code, day))
    categories = [publisher.categories.get(part.code) for part in parts]
    if all(categories) and len(set(categories)) == len(categories):
        for category, share in zip(categories, shares, strict=True):
            sector = etree.SubElement(element, "sector", code=category, vocabulary="2")
            if share is not None:
                sector.set("percentage", share)


def _goals(activity: etree._Element, project: Project) -> None:
    """Targets of the Sustainable Development Goals (tags of vocabulary 3) and goals (2); others stay at home, since no vocabulary has them."""
    for label in dict.fromkeys(_labels(project.sdg_targets)):
        code = label.casefold()
        for vocabulary, known in (("3", "UNSDG-Targets"), ("2", "UNSDG-Goals")):
            if code in codelist(known):
                etree.SubElement(activity, "tag", code=code, vocabulary=vocabulary)


def _goal_shares(activity: etree._Element, project: Project) -> None:
    """Stated shares of goals (sectors of vocabulary 7) or targets (8). They divide no money: goals overlap, subprogrammes do not."""
    parts = [part for part in parse_split(project.sdg_targets) if part.share] if project.sdg_targets else []
    if not parts or parts[0].stated_pct is None:
        return
    codes = [part.label.casefold() for part in parts]
    for vocabulary, known in (("8", "UNSDG-Targets"), ("7", "UNSDG-Goals")):
        if codelist(known).issuperset(codes):
            for code, share in zip(codes, percentages(split_weights(parts)), strict=True):
                sector = etree.SubElement(activity, "sector", code=code, vocabulary=vocabulary)
                if share is not None:
                    sector.set("percentage", share)


def _gender_marker(activity: etree._Element, project: Project) -> None:
    """The DAC's marker in its own codes; those of other schemes as codes of a vocabulary of their own, since they do not translate."""
    if project.gender_marker is None:
        return
    scheme = project.gender_marker_scheme or "entity"
    if scheme == "dac" and project.gender_marker in codelist("PolicySignificance"):
        etree.SubElement(activity, "policy-marker", vocabulary="1", code="1", significance=project.gender_marker)
        return
    told = {"vocabulary": "99", "vocabulary-uri": f"{WAREHOUSE}:gender-markers:{scheme}", "code": clean(project.gender_marker)}
    _narrate(etree.SubElement(activity, "policy-marker", told), f"Gender marker of the scheme {scheme}: {project.gender_marker}")


def _budget_year(project: Project) -> tuple[date, date] | None:
    """First and last day of a budget of at most a year. The standard has no longer ones, and nobody here may divide an amount among years."""
    first, last = project.start_date, project.end_date
    if last is None or last > _a_year_after(first):
        return None
    return first, last


def _a_year_after(day: date) -> date:
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else date(day.year + 1, 2, 28)


def _budget(activity: etree._Element, project: Project) -> None:
    period = _budget_year(project)
    if project.budget_amount is None or period is None:
        return
    first, last = period
    budget = etree.SubElement(activity, "budget", type="1", status="2")
    etree.SubElement(budget, "period-start", {"iso-date": first.isoformat()})
    etree.SubElement(budget, "period-end", {"iso-date": last.isoformat()})
    # The day as of which the warehouse converts a budget.
    middle = first + timedelta(days=(last - first).days // 2)
    _value(budget, project.budget_amount, project.currency, middle)


def _value(element: etree._Element, amount: Decimal, currency: str, day: date) -> None:
    value = etree.SubElement(element, "value", {"currency": currency, "value-date": day.isoformat()})
    value.text = _plain(amount)


def _plain(amount: Decimal) -> str:
    """An amount with all its decimals and no others."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _transaction(activity: etree._Element, transaction: Transaction, publisher: Publisher, *, is_illustrative: bool, states_split: bool) -> None:
    element = etree.SubElement(activity, "transaction", ref=clean(transaction.transaction_id))
    # Money that came back undoes a payment where it is booked below zero; booked above, it came in.
    refund = "4" if transaction.amount < 0 else "1"
    kind = etree.SubElement(element, "transaction-type", code=_TYPES.get(transaction.transaction_type, refund))
    if transaction.transaction_type in _OWN_TYPES:
        kind.set(f"{{{WAREHOUSE}}}transaction-type", transaction.transaction_type)
    etree.SubElement(element, "transaction-date", {"iso-date": transaction.transaction_date.isoformat()})
    _value(element, transaction.amount, transaction.currency, transaction.value_date or transaction.transaction_date)
    said = [f"{ILLUSTRATIVE}: constructed as an example." if is_illustrative else "", f"Source: {transaction.source}." if transaction.source else ""]
    if any(said):
        _narrate(etree.SubElement(element, "description"), " ".join(filter(None, said)))
    for role, party in (("provider-org", transaction.provider), ("receiver-org", transaction.receiver)):
        if party is not None:
            _party(element, role, party, publisher)
    if states_split:
        _sectors(element, transaction.split.subprogrammes, publisher, transaction.transaction_date)
        _recipients(element, transaction.split.recipients, publisher)


def _party(element: etree._Element, role: str, party: str, publisher: Publisher) -> None:
    if party == publisher.entity:
        _narrate(etree.SubElement(element, role, ref=publisher.reference, type=_UNITED_NATIONS), publisher.name)
    else:
        _narrate(etree.SubElement(element, role), publisher.places.get(party, party))
