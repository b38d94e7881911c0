"""From an activity's element to rows of text, in one walk over its children.

Nothing is judged or typed here: cells are as published, `None` where nothing is said, and the standard's own defaults are filled in.
Functions are flat and do little per element, since a file of 500 MB has ten million of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml.etree import _Element

from pipelines.contracts.iati import BOOK, ILLUSTRATIVE, TABLES, WAREHOUSE
from pipelines.ingest.iati.document import LANGUAGE

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
_FUNDING_SOURCE = f"{{{WAREHOUSE}}}funding-source"
_WAREHOUSE_TYPE = f"{{{WAREHOUSE}}}transaction-type"
_AID_TYPES = {None: 0, "1": 0, "2": 1, "3": 2, "4": 3}


def no_rows() -> Rows:
    """An empty list per table."""
    return {name: [] for name in TABLES}


def said(element: _Element) -> str | None:
    """The first narrative; text that stands outside one, as version 1 had it, is taken too."""
    for child in element:
        if child.tag == "narrative":
            text = child.text
            if len(child):
                text = "".join(child.itertext())
            if text and not text.isspace():
                return text
    return element.text


class Walk:
    """Collects the rows of activities until somebody takes them.

    A row is `(activity number, identifier, *own columns)` in the order of its table's contract; rows are numbered when they are taken.
    """

    def __init__(self, *, version: str, generated: str | None, language: str | None) -> None:
        """Start empty.

        Args:
            version: of the standard.
            generated: when the file was made, as written.
            language: of the file, for activities that state none.
        """
        self.version = version
        self.generated = generated
        self.language = language
        self.rows = no_rows()
        self.activities = 0
        self._handlers: dict[str, Callable[[_Element], None]] = {
            "transaction": self._transaction,
            "location": self._location,
            "activity-date": self._date,
            "sector": lambda element: self._sector(element, None),
            "recipient-country": lambda element: self._country(element, None),
            "recipient-region": lambda element: self._region(element, None),
            "participating-org": self._participating_org,
            "policy-marker": self._policy_marker,
            "tag": self._tag,
            "budget": self._budget,
            "planned-disbursement": self._planned_disbursement,
            "related-activity": self._related_activity,
            "result": self._result,
            "document-link": lambda element: self._document(element, "activity", None),
            "description": self._description,
            "title": self._title,
            "reporting-org": self._reporting_org,
            "default-aid-type": self._default_aid_type,
            "capital-spend": self._capital_spend,
            "crs-add": self._crs_add,
        }

    def take(self) -> Rows:
        """The rows collected so far; the next ones begin anew."""
        taken, self.rows, self.activities = self.rows, no_rows(), 0
        return taken

    @property
    def size(self) -> int:
        """How many rows are collected."""
        return sum(map(len, self.rows.values()))

    def add(self, activity: _Element, number: int) -> None:
        """Walk over the children of one activity, the n-th of its file."""
        self.activities += 1
        self.number = number
        identifier = activity.find("iati-identifier")
        self.identifier = identifier.text.strip() or None if identifier is not None and identifier.text else None
        reporter = activity.find("reporting-org")
        self.reporting_org = _trimmed(reporter.get("ref")) if reporter is not None else None
        self.record_basis = "reported"
        self.default_language = activity.get(LANGUAGE) or self.language
        self.default_currency = _trimmed(activity.get("default-currency"))
        self.transactions = self.results = 0
        self.title = self.reporter_type = self.reporter_name = self.secondary = self.capital_spend = self.free_standing = None
        self.aid_types: list[str | None] = [None, None, None, None]
        codes: dict[str, str | None] = {}
        handlers = self._handlers
        for child in activity:
            tag = child.tag
            handler = handlers.get(tag)
            if handler is not None:
                handler(child)
            elif tag not in codes:
                codes[tag] = child.get("code")
        dates: dict[str, str] = {}
        rows = self.rows
        for date in reversed(rows["iati_dates"]):
            if date[0] != number:
                break
            if date[3]:
                dates[date[2]] = date[3]
        rows["iati_activities"].append(
            (
                number,
                self.identifier,
                self.version,
                self.reporting_org,
                self.reporter_type,
                self.reporter_name,
                self.secondary,
                self.title,
                self.default_language,
                self.default_currency,
                activity.get("hierarchy"),
                activity.get("last-updated-datetime"),
                self.generated,
                activity.get("humanitarian"),
                activity.get("budget-not-provided"),
                codes.get("activity-status"),
                codes.get("activity-scope"),
                codes.get("collaboration-type"),
                codes.get("default-flow-type"),
                codes.get("default-finance-type"),
                *self.aid_types,
                codes.get("default-tied-status"),
                self.capital_spend,
                self.free_standing,
                dates.get("1"),
                dates.get("2"),
                dates.get("3"),
                dates.get("4"),
                activity.get(_FUNDING_SOURCE),
                BOOK,
                self.record_basis,
            )
        )

    def _reporting_org(self, element: _Element) -> None:
        self.reporter_type = element.get("type")
        self.reporter_name = said(element)
        self.secondary = element.get("secondary-reporter")

    def _title(self, element: _Element) -> None:
        title = self._texts(element, None, "title", None)
        if self.title is None:
            self.title = title

    def _description(self, element: _Element) -> None:
        told = self._texts(element, None, "description", element.get("type") or "1")
        if told and told.lstrip().startswith(ILLUSTRATIVE):
            self.record_basis = "illustrative"

    def _texts(self, element: _Element, transaction: int | None, name: str, kind: str | None) -> str | None:
        """Keep every narrative; the first one, as `said` gives it."""
        rows = self.rows["iati_texts"]
        first = None
        for narrative in element:
            if narrative.tag == "narrative":
                text = "".join(narrative.itertext()) if len(narrative) else narrative.text
                if first is None and text and not text.isspace():
                    first = text
                rows.append((self.number, self.identifier, transaction, name, kind, narrative.get(LANGUAGE) or self.default_language, text))
        return element.text if first is None else first

    def _default_aid_type(self, element: _Element) -> None:
        place = _AID_TYPES.get(element.get("vocabulary"))
        if place is not None and self.aid_types[place] is None:
            self.aid_types[place] = element.get("code")

    def _capital_spend(self, element: _Element) -> None:
        self.capital_spend = element.get("percentage")

    def _crs_add(self, element: _Element) -> None:
        for flag in element:
            if flag.tag == "other-flags" and flag.get("code") == "1":
                self.free_standing = flag.get("significance")

    def _date(self, element: _Element) -> None:
        self.rows["iati_dates"].append((self.number, self.identifier, element.get("type"), element.get("iso-date"), said(element)))

    def _participating_org(self, element: _Element) -> None:
        get = element.get
        self.rows["iati_participating_orgs"].append(
            (self.number, self.identifier, get("role"), get("ref"), get("type"), said(element), get("activity-id"), get("crs-channel-code"))
        )

    def _country(self, element: _Element, transaction: int | None) -> None:
        get = element.get
        self.rows["iati_recipients"].append((self.number, self.identifier, transaction, "country", None, None, get("code"), get("percentage"), said(element)))

    def _region(self, element: _Element, transaction: int | None) -> None:
        get = element.get
        self.rows["iati_recipients"].append(
            (
                self.number,
                self.identifier,
                transaction,
                "region",
                get("vocabulary") or "1",
                get("vocabulary-uri"),
                get("code"),
                get("percentage"),
                said(element),
            )
        )

    def _sector(self, element: _Element, transaction: int | None) -> None:
        get = element.get
        self.rows["iati_sectors"].append(
            (self.number, self.identifier, transaction, get("vocabulary") or "1", get("vocabulary-uri"), get("code"), get("percentage"), said(element))
        )

    def _policy_marker(self, element: _Element) -> None:
        get = element.get
        self.rows["iati_policy_markers"].append(
            (self.number, self.identifier, get("vocabulary") or "1", get("vocabulary-uri"), get("code"), get("significance"), said(element))
        )

    def _tag(self, element: _Element) -> None:
        get = element.get
        self.rows["iati_tags"].append((self.number, self.identifier, get("vocabulary"), get("vocabulary-uri"), get("code"), said(element)))

    def _location(self, element: _Element) -> None:
        reach = id_vocabulary = identifier = name = description = activity = vocabulary = level = code = exactness = kind = feature = None
        latitude = longitude = None
        for child in element:
            tag = child.tag
            if tag == "name":
                name = said(child)
            elif tag == "point":
                for position in child:
                    if position.tag == "pos" and position.text:
                        latitude, _, longitude = position.text.strip().partition(" ")
            elif tag == "location-id":
                if identifier is None:
                    id_vocabulary, identifier = child.get("vocabulary"), child.get("code")
            elif tag == "exactness":
                exactness = child.get("code")
            elif tag == "location-class":
                kind = child.get("code")
            elif tag == "location-reach":
                reach = child.get("code")
            elif tag == "feature-designation":
                feature = child.get("code")
            elif tag == "administrative":
                if code is None:
                    vocabulary, level, code = child.get("vocabulary"), child.get("level"), child.get("code")
            elif tag == "description":
                description = said(child)
            elif tag == "activity-description":
                activity = said(child)
        self.rows["iati_locations"].append(
            (
                self.number,
                self.identifier,
                element.get("ref"),
                reach,
                id_vocabulary,
                identifier,
                name,
                description,
                activity,
                vocabulary,
                level,
                code,
                latitude,
                longitude,
                exactness,
                kind,
                feature,
            )
        )

    def _budget(self, element: _Element) -> None:
        start = end = value = currency = value_date = None
        for child in element:
            tag = child.tag
            if tag == "value":
                if value is None:
                    value, currency, value_date = child.text, child.get("currency"), child.get("value-date")
            elif tag == "period-start":
                start = child.get("iso-date")
            elif tag == "period-end":
                end = child.get("iso-date")
        self.rows["iati_budgets"].append(
            (
                self.number,
                self.identifier,
                element.get("type") or "1",
                element.get("status") or "1",
                start,
                end,
                value,
                currency or self.default_currency,
                value_date,
                self.reporting_org,
                BOOK,
                self.record_basis,
            )
        )

    def _planned_disbursement(self, element: _Element) -> None:
        start = end = value = currency = value_date = None
        provider = receiver = _NOBODY
        for child in element:
            tag = child.tag
            if tag == "value":
                if value is None:
                    value, currency, value_date = child.text, child.get("currency"), child.get("value-date")
            elif tag == "period-start":
                start = child.get("iso-date")
            elif tag == "period-end":
                end = child.get("iso-date")
            elif tag == "provider-org":
                provider = (child.get("ref"), child.get("type"), said(child), child.get("provider-activity-id"))
            elif tag == "receiver-org":
                receiver = (child.get("ref"), child.get("type"), said(child), child.get("receiver-activity-id"))
        self.rows["iati_planned_disbursements"].append(
            (
                self.number,
                self.identifier,
                element.get("type") or "1",
                start,
                end,
                value,
                currency or self.default_currency,
                value_date,
                *provider,
                *receiver,
                self.reporting_org,
                BOOK,
                self.record_basis,
            )
        )

    def _transaction(self, element: _Element) -> None:
        self.transactions += 1
        number = self.transactions
        kind = own_kind = date = value = currency = value_date = description = channel = flow = finance = tied = None
        provider = receiver = _NOBODY
        aid_types = _NO_AID_TYPES
        for child in element:
            tag = child.tag
            if tag == "value":
                if value is None:
                    value, currency, value_date = child.text, child.get("currency"), child.get("value-date")
            elif tag == "transaction-type":
                kind, own_kind = child.get("code"), child.get(_WAREHOUSE_TYPE)
            elif tag == "transaction-date":
                date = child.get("iso-date")
            elif tag == "provider-org":
                provider = (child.get("ref"), child.get("type"), said(child), child.get("provider-activity-id"))
            elif tag == "receiver-org":
                receiver = (child.get("ref"), child.get("type"), said(child), child.get("receiver-activity-id"))
            elif tag == "description":
                description = self._texts(child, number, "transaction_description", None)
            elif tag == "sector":
                self._sector(child, number)
            elif tag == "recipient-country":
                self._country(child, number)
            elif tag == "recipient-region":
                self._region(child, number)
            elif tag == "aid-type":
                place = _AID_TYPES.get(child.get("vocabulary"))
                if place is not None and aid_types[place] is None:
                    aid_types = (*aid_types[:place], child.get("code"), *aid_types[place + 1 :])
            elif tag == "flow-type":
                flow = child.get("code")
            elif tag == "finance-type":
                finance = child.get("code")
            elif tag == "tied-status":
                tied = child.get("code")
            elif tag == "disbursement-channel":
                channel = child.get("code")
        self.rows["iati_transactions"].append(
            (
                self.number,
                self.identifier,
                number,
                element.get("ref"),
                kind,
                own_kind,
                date,
                value,
                currency or self.default_currency,
                value_date,
                element.get("humanitarian"),
                description,
                *provider,
                *receiver,
                channel,
                flow,
                finance,
                *aid_types,
                tied,
                self.reporting_org,
                BOOK,
                self.record_basis,
            )
        )

    def _related_activity(self, element: _Element) -> None:
        self.rows["iati_related_activities"].append((self.number, self.identifier, element.get("type"), element.get("ref")))

    def _result(self, element: _Element) -> None:
        self.results += 1
        title = None
        indicators = 0
        head = (self.number, self.identifier, self.results, element.get("type"))
        added = element.get("aggregation-status")
        for child in element:
            tag = child.tag
            if tag == "title":
                title = said(child)
            elif tag == "indicator":
                indicators += 1
                self._indicator(child, (*head, title, added, indicators))
            elif tag == "document-link":
                self._document(child, "result", self.results)
        if not indicators:
            self.rows["iati_results"].append((*head, title, added, *_NO_INDICATOR))

    def _indicator(self, element: _Element, head: Row) -> None:
        title = vocabulary = code = None
        figures: list[Row] = []
        periods = 0
        for child in element:
            tag = child.tag
            if tag == "title":
                title = said(child)
            elif tag == "reference":
                if code is None:
                    vocabulary, code = child.get("vocabulary"), child.get("code")
            elif tag == "baseline":
                figures.append((None, None, None, "baseline", *self._figure(child, "baseline")))
            elif tag == "period":
                periods += 1
                start = end = None
                met = []
                for part in child:
                    name = part.tag
                    if name == "period-start":
                        start = part.get("iso-date")
                    elif name == "period-end":
                        end = part.get("iso-date")
                    elif name == "target" or name == "actual":
                        met.append((name, *self._figure(part, name)))
                figures += [(periods, start, end, *figure) for figure in met or [_NO_FIGURE]]
            elif tag == "document-link":
                self._document(child, "indicator", self.results)
        indicator = (*head, element.get("measure"), element.get("ascending"), title, vocabulary, code)
        rows = self.rows["iati_results"]
        for figure in figures or [(None, None, None, *_NO_FIGURE)]:
            rows.append((*indicator, *figure))

    def _figure(self, element: _Element, kind: str) -> Row:
        location = comment = None
        dimensions: list[str] = []
        for child in element:
            tag = child.tag
            if tag == "location":
                location = location or child.get("ref")
            elif tag == "dimension":
                dimensions.append(f"{child.get('name') or ''}={child.get('value') or ''}")
            elif tag == "comment":
                comment = said(child)
            elif tag == "document-link":
                self._document(child, kind, self.results)
        value = element.get("value")
        return value, value, element.get("year"), element.get("iso-date"), location, "|".join(dimensions) or None, comment

    def _document(self, element: _Element, level: str, result: int | None) -> None:
        title = description = date = None
        categories: list[str] = []
        languages: list[str] = []
        for child in element:
            tag = child.tag
            if tag == "title":
                title = said(child)
            elif tag == "category":
                categories.append((child.get("code") or "").strip())
            elif tag == "language":
                languages.append((child.get("code") or "").strip())
            elif tag == "description":
                description = said(child)
            elif tag == "document-date":
                date = child.get("iso-date")
        self.rows["iati_documents"].append(
            (
                self.number,
                self.identifier,
                level,
                result,
                element.get("url"),
                element.get("format"),
                title,
                description,
                "|".join(filter(None, categories)) or None,
                "|".join(filter(None, languages)) or None,
                date,
            )
        )


_NOBODY = (None, None, None, None)
_NO_AID_TYPES = (None, None, None, None)
_NO_FIGURE = (None, None, None, None, None, None, None, None)
_NO_INDICATOR = (None,) * (len(TABLES["iati_results"].own) - 4)


def _trimmed(text: str | None) -> str | None:
    return (text.strip() or None) if text else None
