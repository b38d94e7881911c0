"""From an activity's element to rows of text, in one walk over its children.

Nothing is judged or typed here: cells are as published, `None` where nothing is said, and the standard's own defaults are filled in.
Functions are flat and do little per element, since a file of 500 MB has ten million of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lxml.etree import _Element

from pipelines.contracts.iati import ACTIVITY_TABLES, AID_TYPES, BOOK, ILLUSTRATIVE, MONEY_TABLES, WAREHOUSE
from pipelines.contracts.iati_table import IatiTable
from pipelines.iati.narratives import preferred, said
from pipelines.iati.upgrade import LANGUAGE
from pipelines.iati.walk_details import add_conditions, add_loans, add_location_code, add_reference, details_of

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
# Elements of a row that stand more often than the standard allows, one after the other as met; read by the rules, never landed.
REPEATED = "_repeated"
_FUNDING_SOURCE = f"{{{WAREHOUSE}}}funding-source"
_WAREHOUSE_TYPE = f"{{{WAREHOUSE}}}transaction-type"
# Columns of the four vocabularies of aid types; without a vocabulary it is the first.
_AID_COLUMNS = ("aid_type", "earmarking_category", "earmarking_modality", "cash_voucher_modality")
_AID_TYPES = {"": _AID_COLUMNS[0]} | dict(zip(AID_TYPES, _AID_COLUMNS, strict=True))
# What stands once in its parent, if the file keeps to the standard.
_ONCE_IN_PERIOD = frozenset(("period-start", "period-end"))
_ONCE_IN_BUDGET = _ONCE_IN_PERIOD | {"value"}
_ONCE_IN_PLANNED = _ONCE_IN_BUDGET | {"provider-org", "receiver-org"}
_ONCE_IN_TRANSACTION = frozenset(("value", "transaction-type", "transaction-date", "provider-org", "receiver-org"))


def row_columns(table: IatiTable) -> tuple[str, ...]:
    """Names of the cells of a walked row: link to the activity, the columns of the contract in its order, what is repeated."""
    link = ("_activity_row", table.link) if table.link else ("_activity_row",)
    repeated = (REPEATED,) if table.name in _TOLD_OF_REPETITIONS else ()
    return (*link, *table.own, *repeated)


_TOLD_OF_REPETITIONS = ("iati_activities", "iati_results", *MONEY_TABLES)


def row_maker(columns: Sequence[str]) -> Callable[..., Row]:
    """A function that takes each of the columns by its name, none left out and no other, and gives them as a tuple in their order.

    It is written out and compiled once: a call costs little more than the tuple itself, which millions of rows are made of.
    """
    names = ", ".join(columns)
    scope: dict[str, Any] = {}
    exec(f"def row(*, {names}):\n    return ({names},)", scope)
    return scope["row"]


_ROWS = {name: row_maker(row_columns(table)) for name, table in ACTIVITY_TABLES.items()}
_ACTIVITY, _TEXT, _DATE, _PARTICIPANT = (_ROWS[f"iati_{name}"] for name in ("activities", "texts", "dates", "participating_orgs"))
_RECIPIENT, _SECTOR, _MARKER, _TAG, _LOCATION = (_ROWS[f"iati_{name}"] for name in ("recipients", "sectors", "policy_markers", "tags", "locations"))
_BUDGET, _PLANNED, _TRANSACTION = (_ROWS[f"iati_{name}"] for name in ("budgets", "planned_disbursements", "transactions"))
_RELATED, _RESULT, _DOCUMENT = (_ROWS[f"iati_{name}"] for name in ("related_activities", "results", "documents"))


def no_rows() -> Rows:
    """An empty list per table."""
    return {name: [] for name in ACTIVITY_TABLES}


def repeated_with(repeated: str | None, name: str) -> str:
    """Names of repeated elements with one more."""
    return f"{repeated}, {name}" if repeated else name


def sorted_out(element: _Element, once: frozenset[str]) -> tuple[dict[str, _Element], str | None, list[_Element]]:
    """The first child of each name that should stand once, the names of those that stand again, and all other children in their order."""
    first: dict[str, _Element] = {}
    others: list[_Element] = []
    repeated = None
    for child in element:
        tag = child.tag
        if tag not in once:
            others.append(child)
        elif tag in first:
            repeated = repeated_with(repeated, tag)
        else:
            first[tag] = child
    return first, repeated, others


class Walk:
    """Collects the rows of activities until somebody takes them.

    A row is a tuple of the columns that `row_columns` names, made by their names; rows are numbered when they are taken.
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
            "conditions": self._conditions,
            **details_of(self),
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
        self._begin(activity, number)
        codes: dict[str, str | None] = {}
        handlers = self._handlers
        for child in activity:
            tag = child.tag
            handler = handlers.get(tag)
            if handler is not None:
                handler(child)
            elif tag not in codes:
                codes[tag] = child.get("code")
            elif tag == "iati-identifier":
                self.repeated = repeated_with(self.repeated, tag)
        aid, dates, reporter = self.aid_types.get, self.dates.get, self.reporter
        self.rows["iati_activities"].append(
            _ACTIVITY(
                _activity_row=number,
                iati_identifier=self.identifier,
                iati_version=self.version,
                reporting_org_ref=self.reporting_org,
                reporting_org_type=reporter.get("type") if reporter is not None else None,
                reporting_org_name=self.reporter_name,
                is_secondary_reporter=reporter.get("secondary-reporter") if reporter is not None else None,
                title=self.title,
                default_language=self.default_language,
                default_currency=self.default_currency,
                hierarchy=activity.get("hierarchy"),
                last_updated=activity.get("last-updated-datetime"),
                file_generated=self.generated,
                is_humanitarian=activity.get("humanitarian"),
                budget_not_provided=activity.get("budget-not-provided"),
                activity_status=codes.get("activity-status"),
                activity_scope=codes.get("activity-scope"),
                collaboration_type=codes.get("collaboration-type"),
                default_flow_type=codes.get("default-flow-type"),
                default_finance_type=codes.get("default-finance-type"),
                default_aid_type=aid("aid_type"),
                default_earmarking_category=aid("earmarking_category"),
                default_earmarking_modality=aid("earmarking_modality"),
                default_cash_voucher_modality=aid("cash_voucher_modality"),
                default_tied_status=codes.get("default-tied-status"),
                capital_spend_pct=self.capital_spend,
                is_free_standing_technical_cooperation=self.free_standing,
                planned_start=dates("1"),
                actual_start=dates("2"),
                planned_end=dates("3"),
                actual_end=dates("4"),
                are_conditions_attached=self.conditions_attached,
                linked_data_uri=activity.get("linked-data-uri"),
                funding_source=activity.get(_FUNDING_SOURCE),
                book=BOOK,
                record_basis=self.record_basis,
                _repeated=self.repeated,
            )
        )

    def _begin(self, activity: _Element, number: int) -> None:
        """What the children of an activity are read with, and nothing of the activity before."""
        self.activities += 1
        self.number = number
        self.repeated: str | None = None
        identifier = activity.find("iati-identifier")
        self.identifier = identifier.text.strip() or None if identifier is not None and identifier.text else None
        reporter = activity.find("reporting-org")
        self.reporting_org = trimmed(reporter.get("ref")) if reporter is not None else None
        self.record_basis = "reported"
        self.default_language = trimmed(activity.get(LANGUAGE)) or self.language
        self.default_currency = trimmed(activity.get("default-currency"))
        self.transactions = self.results = self.locations = 0
        self.title = self.reporter = self.reporter_name = self.capital_spend = self.free_standing = self.conditions_attached = None
        self.aid_types: dict[str, str | None] = {}
        self.dates: dict[str | None, str] = {}

    def _reporting_org(self, element: _Element) -> None:
        if self.reporter is None:
            self.reporter = element
            self.reporter_name = said(element, self.default_language)
        else:
            self.repeated = repeated_with(self.repeated, "reporting-org")

    def _title(self, element: _Element) -> None:
        title = self._texts(element, None, "title", None)
        if self.title is None:
            self.title = title

    def _description(self, element: _Element) -> None:
        kept = len(self.rows["iati_texts"])
        told = [self._texts(element, None, "description", trimmed(element.get("type")) or "1")]
        told += [row[_TEXT_PLACE] for row in self.rows["iati_texts"][kept:]]
        # in whichever language it is said: a constructed record never passes for a real one
        if any(text and text.lstrip().startswith(ILLUSTRATIVE) for text in told):
            self.record_basis = "illustrative"

    def _texts(self, element: _Element, transaction: int | None, name: str, kind: str | None) -> str | None:
        """Keep every narrative; the one that counts, as `said` gives it."""
        rows = self.rows["iati_texts"]
        language = self.default_language
        found: list[tuple[str | None, str]] = []
        for narrative in element:
            if narrative.tag == "narrative":
                text = "".join(narrative.itertext()) if len(narrative) else narrative.text
                own = narrative.get(LANGUAGE) or None
                if text and not text.isspace():
                    found.append((own, text))
                rows.append(
                    _TEXT(
                        _activity_row=self.number,
                        iati_identifier=self.identifier,
                        transaction_number=transaction,
                        element=name,
                        text_type=kind,
                        language=own or language,
                        text=text,
                    )
                )
        if not found:
            return element.text
        return found[0][1] if len(found) == 1 else preferred(found, language)

    def _default_aid_type(self, element: _Element) -> None:
        column = _AID_TYPES.get((element.get("vocabulary") or "").strip())
        if column is not None and self.aid_types.get(column) is None:
            self.aid_types[column] = element.get("code")

    def _capital_spend(self, element: _Element) -> None:
        if self.capital_spend is None:
            self.capital_spend = element.get("percentage")
        else:
            self.repeated = repeated_with(self.repeated, "capital-spend")

    def _crs_add(self, element: _Element) -> None:
        for flag in element:
            if flag.tag == "other-flags" and flag.get("code") == "1":
                self.free_standing = flag.get("significance")
        add_loans(self, element)

    def _conditions(self, element: _Element) -> None:
        self.conditions_attached = element.get("attached")
        add_conditions(self, element)

    def _date(self, element: _Element) -> None:
        kind, day = element.get("type"), element.get("iso-date")
        if day and kind not in self.dates:
            self.dates[kind] = day
        self.rows["iati_dates"].append(
            _DATE(_activity_row=self.number, iati_identifier=self.identifier, date_type=kind, iso_date=day, note=said(element, self.default_language))
        )

    def _participating_org(self, element: _Element) -> None:
        get = element.get
        self.rows["iati_participating_orgs"].append(
            _PARTICIPANT(
                _activity_row=self.number,
                iati_identifier=self.identifier,
                role=get("role"),
                org_ref=get("ref"),
                org_type=get("type"),
                org_name=said(element, self.default_language),
                org_activity_id=get("activity-id"),
                crs_channel_code=get("crs-channel-code"),
            )
        )

    def _country(self, element: _Element, transaction: int | None) -> None:
        self.rows["iati_recipients"].append(
            _RECIPIENT(
                _activity_row=self.number,
                iati_identifier=self.identifier,
                transaction_number=transaction,
                recipient_kind="country",
                vocabulary=None,
                vocabulary_uri=None,
                code=element.get("code"),
                percentage=element.get("percentage"),
                name=said(element, self.default_language),
            )
        )

    def _region(self, element: _Element, transaction: int | None) -> None:
        get = element.get
        self.rows["iati_recipients"].append(
            _RECIPIENT(
                _activity_row=self.number,
                iati_identifier=self.identifier,
                transaction_number=transaction,
                recipient_kind="region",
                vocabulary=trimmed(get("vocabulary")) or "1",
                vocabulary_uri=get("vocabulary-uri"),
                code=get("code"),
                percentage=get("percentage"),
                name=said(element, self.default_language),
            )
        )

    def _sector(self, element: _Element, transaction: int | None) -> None:
        get = element.get
        self.rows["iati_sectors"].append(
            _SECTOR(
                _activity_row=self.number,
                iati_identifier=self.identifier,
                transaction_number=transaction,
                vocabulary=trimmed(get("vocabulary")) or "1",
                vocabulary_uri=get("vocabulary-uri"),
                code=get("code"),
                percentage=get("percentage"),
                name=said(element, self.default_language),
            )
        )

    def _policy_marker(self, element: _Element) -> None:
        get = element.get
        self.rows["iati_policy_markers"].append(
            _MARKER(
                _activity_row=self.number,
                iati_identifier=self.identifier,
                vocabulary=trimmed(get("vocabulary")) or "1",
                vocabulary_uri=get("vocabulary-uri"),
                code=get("code"),
                significance=get("significance"),
                name=said(element, self.default_language),
            )
        )

    def _tag(self, element: _Element) -> None:
        get = element.get
        self.rows["iati_tags"].append(
            _TAG(
                _activity_row=self.number,
                iati_identifier=self.identifier,
                vocabulary=get("vocabulary"),
                vocabulary_uri=get("vocabulary-uri"),
                code=get("code"),
                name=said(element, self.default_language),
            )
        )

    def _location(self, element: _Element) -> None:
        reach = id_vocabulary = identifier = name = description = activity = vocabulary = level = code = exactness = kind = feature = None
        latitude = longitude = reference_system = None
        self.locations += 1
        for child in element:
            tag = child.tag
            if tag == "name":
                name = said(child, self.default_language)
            elif tag == "point":
                reference_system = child.get("srsName")
                for position in child:
                    if position.tag == "pos" and position.text:
                        latitude, _, longitude = position.text.strip().partition(" ")
            elif tag == "location-id":
                add_location_code(self, child, self.locations)
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
                add_location_code(self, child, self.locations)
                if code is None:
                    vocabulary, level, code = child.get("vocabulary"), child.get("level"), child.get("code")
            elif tag == "description":
                description = said(child, self.default_language)
            elif tag == "activity-description":
                activity = said(child, self.default_language)
        self.rows["iati_locations"].append(
            _LOCATION(
                _activity_row=self.number,
                iati_identifier=self.identifier,
                location_number=self.locations,
                location_ref=element.get("ref"),
                reach=reach,
                location_id_vocabulary=id_vocabulary,
                location_id=identifier,
                name=name,
                description=description,
                activity_description=activity,
                administrative_vocabulary=vocabulary,
                administrative_level=level,
                administrative_code=code,
                spatial_reference=reference_system,
                latitude=latitude,
                longitude=longitude,
                exactness=exactness,
                location_class=kind,
                feature_designation=feature,
            )
        )

    def _budget(self, element: _Element) -> None:
        first, repeated, _ = sorted_out(element, _ONCE_IN_BUDGET)
        value, currency, value_date = self._money(first.get("value"))
        self.rows["iati_budgets"].append(
            _BUDGET(
                _activity_row=self.number,
                iati_identifier=self.identifier,
                budget_type=trimmed(element.get("type")) or "1",
                budget_status=trimmed(element.get("status")) or "1",
                period_start=day_of(first.get("period-start")),
                period_end=day_of(first.get("period-end")),
                value=value,
                currency=currency,
                value_date=value_date,
                reporting_org_ref=self.reporting_org,
                book=BOOK,
                record_basis=self.record_basis,
                _repeated=repeated,
            )
        )

    def _money(self, value: _Element | None) -> tuple[str | None, str | None, str | None]:
        """Text, currency and value date of a value; without a currency of its own, or with a blank one, in the activity's default."""
        if value is None:
            return None, self.default_currency, None
        currency = value.get("currency")
        return value.text, (currency and currency.strip()) or self.default_currency, value.get("value-date")

    def _party(self, element: _Element | None, activity: str) -> tuple[str | None, str | None, str | None, str | None]:
        """Reference, type, name and activity of a provider or a receiver."""
        if element is None:
            return _NOBODY
        get = element.get
        return get("ref"), get("type"), said(element, self.default_language), get(activity)

    def _planned_disbursement(self, element: _Element) -> None:
        first, repeated, _ = sorted_out(element, _ONCE_IN_PLANNED)
        value, currency, value_date = self._money(first.get("value"))
        provider_ref, provider_type, provider_name, provider_activity = self._party(first.get("provider-org"), "provider-activity-id")
        receiver_ref, receiver_type, receiver_name, receiver_activity = self._party(first.get("receiver-org"), "receiver-activity-id")
        self.rows["iati_planned_disbursements"].append(
            _PLANNED(
                _activity_row=self.number,
                iati_identifier=self.identifier,
                disbursement_type=trimmed(element.get("type")) or "1",
                period_start=day_of(first.get("period-start")),
                period_end=day_of(first.get("period-end")),
                value=value,
                currency=currency,
                value_date=value_date,
                provider_org_ref=provider_ref,
                provider_org_type=provider_type,
                provider_org_name=provider_name,
                provider_activity_id=provider_activity,
                receiver_org_ref=receiver_ref,
                receiver_org_type=receiver_type,
                receiver_org_name=receiver_name,
                receiver_activity_id=receiver_activity,
                reporting_org_ref=self.reporting_org,
                book=BOOK,
                record_basis=self.record_basis,
                _repeated=repeated,
            )
        )

    def _transaction(self, element: _Element) -> None:
        self.transactions += 1
        number = self.transactions
        first, repeated, description, codes = self._told_of_transaction(element, number)
        channel, flow, finance, aid_type, earmarking, modality, voucher, tied = codes
        kind = first.get("transaction-type")
        value, currency, value_date = self._money(first.get("value"))
        provider_ref, provider_type, provider_name, provider_activity = self._party(first.get("provider-org"), "provider-activity-id")
        receiver_ref, receiver_type, receiver_name, receiver_activity = self._party(first.get("receiver-org"), "receiver-activity-id")
        self.rows["iati_transactions"].append(
            _TRANSACTION(
                _activity_row=self.number,
                iati_identifier=self.identifier,
                transaction_number=number,
                transaction_ref=element.get("ref"),
                transaction_type=kind.get("code") if kind is not None else None,
                warehouse_type=kind.get(_WAREHOUSE_TYPE) if kind is not None else None,
                transaction_date=day_of(first.get("transaction-date")),
                value=value,
                currency=currency,
                value_date=value_date,
                is_humanitarian=element.get("humanitarian"),
                description=description,
                provider_org_ref=provider_ref,
                provider_org_type=provider_type,
                provider_org_name=provider_name,
                provider_activity_id=provider_activity,
                receiver_org_ref=receiver_ref,
                receiver_org_type=receiver_type,
                receiver_org_name=receiver_name,
                receiver_activity_id=receiver_activity,
                disbursement_channel=channel,
                flow_type=flow,
                finance_type=finance,
                aid_type=aid_type,
                earmarking_category=earmarking,
                earmarking_modality=modality,
                cash_voucher_modality=voucher,
                tied_status=tied,
                reporting_org_ref=self.reporting_org,
                book=BOOK,
                record_basis=self.record_basis,
                _repeated=repeated,
            )
        )

    def _told_of_transaction(self, element: _Element, number: int) -> tuple[dict[str, _Element], str | None, str | None, tuple[str | None, ...]]:
        """Its elements as `sorted_out` gives them, its description, and its codes in the order of its row.

        One pass and a name for each code, since most elements of a file are these: a call or a dictionary more costs a twentieth of the walk.
        """
        first: dict[str, _Element] = {}
        repeated = description = channel = flow = finance = tied = aid_type = earmarking = modality = voucher = None
        for child in element:
            tag = child.tag
            if tag in _ONCE_IN_TRANSACTION:
                if tag in first:
                    repeated = repeated_with(repeated, tag)
                else:
                    first[tag] = child
            elif tag == "description":
                description = self._texts(child, number, "transaction_description", None)
            elif tag == "flow-type":
                flow = child.get("code")
            elif tag == "finance-type":
                finance = child.get("code")
            elif tag == "aid-type":
                column = _AID_TYPES.get((child.get("vocabulary") or "").strip())
                if column == "aid_type":
                    aid_type = aid_type or child.get("code")
                elif column == "earmarking_category":
                    earmarking = earmarking or child.get("code")
                elif column == "earmarking_modality":
                    modality = modality or child.get("code")
                elif column == "cash_voucher_modality":
                    voucher = voucher or child.get("code")
            elif tag == "tied-status":
                tied = child.get("code")
            elif tag == "sector":
                self._sector(child, number)
            elif tag == "recipient-country":
                self._country(child, number)
            elif tag == "recipient-region":
                self._region(child, number)
            elif tag == "disbursement-channel":
                channel = child.get("code")
        return first, repeated, description, (channel, flow, finance, aid_type, earmarking, modality, voucher, tied)

    def _related_activity(self, element: _Element) -> None:
        self.rows["iati_related_activities"].append(
            _RELATED(_activity_row=self.number, iati_identifier=self.identifier, relation_type=element.get("type"), related_identifier=element.get("ref"))
        )

    def _result(self, element: _Element) -> None:
        self.results += 1
        title = description = None
        indicators = 0
        for child in element:
            tag = child.tag
            if tag == "title":
                title = said(child, self.default_language)
            elif tag == "description":
                description = said(child, self.default_language)
            elif tag == "indicator":
                indicators += 1
                self._indicator(child, self._result_told(element, title, description) | {"indicator_number": indicators})
            elif tag == "document-link":
                self._document(child, "result", self.results)
            elif tag == "reference":
                add_reference(self, child, self.results, None)
        if not indicators:
            self.rows["iati_results"].append(_RESULT(**_NO_INDICATOR | _NO_PERIOD | _NO_FIGURE | self._result_told(element, title, description)))

    def _result_told(self, element: _Element, title: str | None, description: str | None) -> dict[str, Any]:
        """What a result lends to the rows of its indicators; texts that follow them are not theirs."""
        return {
            "_activity_row": self.number,
            "iati_identifier": self.identifier,
            "result_number": self.results,
            "result_type": element.get("type"),
            "result_title": title,
            "result_description": description,
            "result_can_be_added": element.get("aggregation-status"),
        }

    def _indicator(self, element: _Element, result: dict[str, Any]) -> None:
        title = description = vocabulary = code = None
        figures: list[dict[str, Any]] = []
        periods = 0
        number = result["indicator_number"]
        for child in element:
            tag = child.tag
            if tag == "title":
                title = said(child, self.default_language)
            elif tag == "description":
                description = said(child, self.default_language)
            elif tag == "reference":
                add_reference(self, child, self.results, number)
                if code is None:
                    vocabulary, code = child.get("vocabulary"), child.get("code")
            elif tag == "baseline":
                figures.append(_NO_PERIOD | self._figure(child, "baseline", number, None))
            elif tag == "period":
                periods += 1
                first, repeated, others = sorted_out(child, _ONCE_IN_PERIOD)
                met = [self._figure(part, part.tag, number, periods) for part in others if part.tag in ("target", "actual")]
                period = {
                    "period_number": periods,
                    "period_start": day_of(first.get("period-start")),
                    "period_end": day_of(first.get("period-end")),
                    REPEATED: repeated,
                }
                figures += [period | figure for figure in met or [_NO_FIGURE]]
            elif tag == "document-link":
                self._document(child, "indicator", self.results, number)
        indicator = result | {
            "indicator_measure": element.get("measure"),
            "indicator_is_ascending": element.get("ascending"),
            "indicator_can_be_added": element.get("aggregation-status"),
            "indicator_title": title,
            "indicator_description": description,
            "indicator_vocabulary": vocabulary,
            "indicator_code": code,
        }
        rows = self.rows["iati_results"]
        for figure in figures or [_NO_PERIOD | _NO_FIGURE]:
            rows.append(_RESULT(**indicator, **figure))

    def _figure(self, element: _Element, kind: str, indicator: int, period: int | None) -> dict[str, Any]:
        comment = None
        locations: list[str] = []
        dimensions: list[str] = []
        for child in element:
            tag = child.tag
            if tag == "location":
                locations.append(child.get("ref") or "")
            elif tag == "dimension":
                dimensions.append(f"{child.get('name') or ''}={child.get('value') or ''}")
            elif tag == "comment":
                comment = said(child, self.default_language)
            elif tag == "document-link":
                self._document(child, kind, self.results, indicator, period)
        value = element.get("value")
        return {
            "figure_kind": kind,
            "figure_text": value,
            "figure": value,
            "figure_year": element.get("year"),
            "figure_on": element.get("iso-date"),
            "figure_location_ref": next(filter(None, locations), None),
            "figure_locations": "|".join(filter(None, locations)) or None,
            "figure_dimensions": "|".join(dimensions) or None,
            "figure_comment": comment,
        }

    def _document(self, element: _Element, level: str, result: int | None, indicator: int | None = None, period: int | None = None) -> None:
        title = description = date = None
        categories: list[str] = []
        languages: list[str] = []
        for child in element:
            tag = child.tag
            if tag == "title":
                title = said(child, self.default_language)
            elif tag == "category":
                categories.append((child.get("code") or "").strip())
            elif tag == "language":
                languages.append((child.get("code") or "").strip())
            elif tag == "description":
                description = said(child, self.default_language)
            elif tag == "document-date":
                date = child.get("iso-date")
        self.rows["iati_documents"].append(
            _DOCUMENT(
                _activity_row=self.number,
                iati_identifier=self.identifier,
                document_level=level,
                result_number=result,
                indicator_number=indicator,
                period_number=period,
                url=element.get("url"),
                format=element.get("format"),
                title=title,
                description=description,
                categories="|".join(filter(None, categories)) or None,
                languages="|".join(filter(None, languages)) or None,
                document_date=date,
            )
        )


_TEXT_PLACE = row_columns(ACTIVITY_TABLES["iati_texts"]).index("text")
_NOBODY = (None, None, None, None)
_NO_FIGURE: dict[str, Any] = dict.fromkeys(name for name in ACTIVITY_TABLES["iati_results"].own if name.startswith("figure"))
_NO_INDICATOR: dict[str, Any] = dict.fromkeys(name for name in ACTIVITY_TABLES["iati_results"].own if name.startswith("indicator"))
_NO_PERIOD: dict[str, Any] = {"period_number": None, "period_start": None, "period_end": None, REPEATED: None}


def trimmed(text: str | None) -> str | None:
    """A text without blanks at its ends, None for a blank one."""
    return (text.strip() or None) if text else None


def day_of(element: _Element | None) -> str | None:
    """The day that an element states, as written."""
    return element.get("iso-date") if element is not None else None
