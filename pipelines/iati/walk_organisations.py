"""From an organisation's element to rows of text, as `walk` does it for activities. Organisation files are small: nothing here is tuned."""

from __future__ import annotations

from lxml.etree import _Element

from pipelines.contracts.iati_organisations import ORGANISATION_BOOK, ORGANISATION_TABLES
from pipelines.iati.narratives import said
from pipelines.iati.upgrade import LANGUAGE
from pipelines.iati.walk import REPEATED, Rows, day_of, row_columns, sorted_out, trimmed

_BUDGETS = {
    "total-budget": "iati_total_budgets",
    "recipient-org-budget": "iati_recipient_org_budgets",
    "recipient-country-budget": "iati_recipient_country_budgets",
    "recipient-region-budget": "iati_recipient_region_budgets",
    "total-expenditure": "iati_total_expenditures",
}
_LINES = {"budget-line": "iati_budget_lines", "expense-line": "iati_expense_lines"}
_ONCE = frozenset(("period-start", "period-end", "value", "recipient-org", "recipient-country", "recipient-region"))
_BOOKED = {"book": ORGANISATION_BOOK, "record_basis": "reported"}


class OrganisationWalk:
    """Collects the rows of organisations until somebody takes them, with the members of `Walk`."""

    def __init__(self, *, version: str, generated: str | None, language: str | None) -> None:
        """Start empty; arguments as of `Walk`."""
        self.version = version
        self.generated = generated
        self.language = language
        self.rows: Rows = {name: [] for name in ORGANISATION_TABLES}
        self.activities = 0

    def take(self) -> Rows:
        """The rows collected so far; the next ones begin anew."""
        taken, self.rows, self.activities = self.rows, {name: [] for name in ORGANISATION_TABLES}, 0
        return taken

    @property
    def size(self) -> int:
        """How many rows are collected."""
        return sum(map(len, self.rows.values()))

    def add(self, organisation: _Element, number: int) -> None:
        """Walk over the children of one organisation, the n-th of its file."""
        self.activities += 1
        self._default_language = trimmed(organisation.get(LANGUAGE)) or self.language
        self._default_currency = trimmed(organisation.get("default-currency"))
        stated = organisation.find("organisation-identifier")
        self._link = {"_activity_row": number, "organisation_identifier": trimmed(stated.text) if stated is not None else None}
        name = reporter = None
        numbers = dict.fromkeys(_BUDGETS, 0)
        for child in organisation:
            tag = child.tag
            if tag in _BUDGETS:
                numbers[tag] += 1
                self._budget(child, numbers[tag])
            elif tag == "document-link":
                self._document(child)
            elif tag == "name":
                name = name or said(child, self._default_language)
            elif tag == "reporting-org" and reporter is None:
                reporter = child
        self._row(
            "iati_organisations",
            iati_version=self.version,
            name=name,
            reporting_org_ref=trimmed(reporter.get("ref")) if reporter is not None else None,
            reporting_org_type=reporter.get("type") if reporter is not None else None,
            reporting_org_name=said(reporter, self._default_language) if reporter is not None else None,
            is_secondary_reporter=reporter.get("secondary-reporter") if reporter is not None else None,
            default_language=self._default_language,
            default_currency=self._default_currency,
            last_updated=organisation.get("last-updated-datetime"),
            file_generated=self.generated,
            **_BOOKED,
        )

    def _row(self, table: str, **cells: object) -> None:
        told = self._link | cells
        self.rows[table].append(tuple(told[column] for column in row_columns(ORGANISATION_TABLES[table])))

    def _money(self, value: _Element | None) -> dict[str, object]:
        own = trimmed(value.get("currency")) if value is not None else None
        return {
            "value": value.text if value is not None else None,
            "currency": own or self._default_currency,
            "value_date": value.get("value-date") if value is not None else None,
        }

    def _budget(self, element: _Element, number: int) -> None:
        first, repeated, others = sorted_out(element, _ONCE)
        period = {"period_start": day_of(first.get("period-start")), "period_end": day_of(first.get("period-end"))}
        table = _BUDGETS[element.tag]
        told = {"budget_status": trimmed(element.get("status")) or "1"} if element.tag != "total-expenditure" else {}
        recipient = next((first[name] for name in ("recipient-org", "recipient-country", "recipient-region") if name in first), None)
        if "recipient" in ORGANISATION_TABLES[table].own:
            code = "ref" if element.tag == "recipient-org-budget" else "code"
            told |= {
                "recipient": trimmed(recipient.get(code)) if recipient is not None else None,
                "recipient_name": said(recipient, self._default_language) if recipient is not None else None,
            }
        if element.tag == "recipient-region-budget":
            told["vocabulary"] = (trimmed(recipient.get("vocabulary")) if recipient is not None else None) or "1"
            told["vocabulary_uri"] = recipient.get("vocabulary-uri") if recipient is not None else None
        self._row(table, budget_number=number, **period, **told, **self._money(first.get("value")), **_BOOKED, **{REPEATED: repeated})
        for line in others:
            if line.tag in _LINES:
                self._line(line, element.tag, number, period)

    def _line(self, line: _Element, of: str, number: int, period: dict[str, str | None]) -> None:
        first, repeated, _ = sorted_out(line, _ONCE)
        told = {"line_of": of, "budget_number": number, "line_ref": line.get("ref"), "line_name": said(line, self._default_language)}
        self._row(_LINES[line.tag], **told, **period, **self._money(first.get("value")), **_BOOKED, **{REPEATED: repeated})

    def _document(self, element: _Element) -> None:
        codes: dict[str, list[str]] = {"category": [], "language": [], "recipient-country": []}
        texts: dict[str, str | None] = {}
        names: list[str] = []
        date = None
        for child in element:
            tag = child.tag
            if tag in codes:
                codes[tag].append((child.get("code") or "").strip())
                if tag == "recipient-country":
                    names.append((said(child, self._default_language) or "").strip())
            elif tag in ("title", "description"):
                texts[tag] = said(child, self._default_language)
            elif tag == "document-date":
                date = child.get("iso-date")
        joined = {name: "|".join(filter(None, found)) or None for name, found in codes.items()}
        self._row(
            "iati_organisation_documents",
            url=element.get("url"),
            format=element.get("format"),
            title=texts.get("title"),
            description=texts.get("description"),
            categories=joined["category"],
            languages=joined["language"],
            document_date=date,
            recipient_countries=joined["recipient-country"],
            recipient_names="|".join(filter(None, names)) or None,
        )
