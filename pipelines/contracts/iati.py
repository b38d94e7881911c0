"""Contract of `iati`: activity files of the International Aid Transparency Initiative, versions 1.01 to 2.03, as tables.

One delivery (an XML file, or one file inside a zip archive) becomes rows of all the tables here. Codes stay as published, without
blanks at their ends; what the standard gives a default for (vocabularies, budget type and status, the currency of a value) is
filled in; what a transaction may take from its activity (aid type, flow, sectors, countries) is not: that is a matter of staging.

Meaning of elements: https://iatistandard.org/en/iati-standard/203/activity-standard/
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

SOURCE_NAME = "iati"
BOOK = "iati"
VERSIONS = ("2.01", "2.02", "2.03")
# Activities of these are upgraded to the last of `VERSIONS` before they are read.
UPGRADED = ("1.01", "1.02", "1.03", "1.04", "1.05")
# A description that begins so makes an activity and its money `illustrative`, so that constructed records never pass for real ones.
ILLUSTRATIVE = "Illustrative record"
# What the warehouse's own export adds to the standard: attributes of this namespace, and codes of these vocabularies.
WAREHOUSE = "urn:techcoop:iati"
OWN_SUBPROGRAMMES = "urn:techcoop:subprogrammes"
OWN_REGIONS = "urn:techcoop:country-groups"
# Longer texts are cut: a narrative of a megabyte is no narrative.
LONGEST_TEXT = 65_536

_TEXT = pl.String()
_DAY = pl.Date()
_FIGURE = pl.Decimal(28, 10)
_COUNT = pl.Int64()
_FLAG = pl.Boolean()
_DEGREES = pl.Float64()

_NARRATIVE = "narrative in the default language, else in English, else the first"

Columns = dict[str, tuple[pl.DataType, str]]


@dataclass(frozen=True, kw_only=True)
class IatiTable:
    """One table that a file is read into.

    Attributes:
        name: in landing, in `raw` and in `audit`.
        element: the XML element that is one row.
        grain: what one row is.
        own: its own columns with type and description, without link and provenance.
        key: columns that name one row, where the build asks once more whether they do.
        row_date: of money: the column whose year is the row's.
        days: first and last day on which what a row names must be known, as staging calls them.
        on: of money that is converted: the columns of a day, as staging calls them; the first that is filled counts.
    """

    name: str
    element: str
    grain: str
    own: Columns
    key: tuple[str, ...] = ()
    row_date: str | None = None
    days: tuple[str, ...] = ()
    on: tuple[str, ...] = ()

    @property
    def columns(self) -> Columns:
        """All columns: link to the activity, own, provenance."""
        link = {} if self.name == "iati_activities" else LINK
        return link | self.own | PROVENANCE

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Columns and types of the landed table."""
        return {name: dtype for name, (dtype, _) in self.columns.items()}


LINK: Columns = {"iati_identifier": (_TEXT, "identifier of the activity; unique among loaded activities")}

PROVENANCE: Columns = {
    "_activity_row": (_COUNT, "`_source_row` of the activity in the same delivery; a rejected activity takes these rows with it"),
    "_delivery_id": (_TEXT, "first 16 hex digits of sha256 of source, path and content"),
    "_source_file": (_TEXT, "path below the raw root, `a.zip!/b.xml` inside archives"),
    "_source_row": (_COUNT, "n-th element of this table in the file"),
    "_source_sha256": (_TEXT, "of the file, or of the member of an archive"),
    "_loaded_at": (pl.Datetime("us"), "UTC"),
}

_BOOKED: Columns = {
    "book": (_TEXT, "`iati`"),
    "record_basis": (_TEXT, "`reported`, or `illustrative` where a description begins with these words: Illustrative record"),
}

# Of a transaction-level row; activity level where it is NULL.
_TRANSACTION_NUMBER: Columns = {"transaction_number": (_COUNT, "n-th transaction of the activity; NULL for what is said of the activity")}

# Vocabularies of aid types (codelist AidTypeVocabulary): the column of a transaction, after `default_` of an activity, and what it holds.
AID_TYPES: dict[str, tuple[str, str]] = {
    "1": ("aid_type", "codelist AidType (vocabulary 1)"),
    "2": ("earmarking_category", "aid type of vocabulary 2"),
    "3": ("earmarking_modality", "aid type of vocabulary 3"),
    "4": ("cash_voucher_modality", "aid type of vocabulary 4"),
}

_VALUE: Columns = {
    "value": (_FIGURE, "as published, in `currency`"),
    "currency": (_TEXT, "ISO 4217, after the activity's default"),
    "value_date": (_DAY, "day as of which the value is converted"),
}


def _party(role: str) -> Columns:
    return {
        f"{role}_org_ref": (_TEXT, f"identifier of the {role} organisation"),
        f"{role}_org_type": (_TEXT, "codelist OrganisationType"),
        f"{role}_org_name": (_TEXT, _NARRATIVE),
        f"{role}_activity_id": (_TEXT, f"activity of the {role} from or to which the money moves"),
    }


_TABLES = (
    IatiTable(
        name="iati_activities",
        element="iati-activity",
        grain="one row per activity",
        key=("iati_identifier",),
        days=("start_date", "end_date"),
        own={
            "iati_identifier": (_TEXT, "the publisher's identifier of the activity; key"),
            "iati_version": (_TEXT, "as published: 1.01 to 1.05, whose activities were upgraded, or 2.01 to 2.03"),
            "reporting_org_ref": (_TEXT, "who publishes; the entity of the facts"),
            "reporting_org_type": (_TEXT, "codelist OrganisationType"),
            "reporting_org_name": (_TEXT, _NARRATIVE),
            "is_secondary_reporter": (_FLAG, "the publisher reports on somebody else's activity; false where not stated"),
            "title": (_TEXT, "narrative in the default language, else in English, else the first; all of them in iati_texts"),
            "default_language": (_TEXT, "language of narratives that state none"),
            "default_currency": (_TEXT, "currency of values that state none"),
            "hierarchy": (pl.Int32(), "level within the publisher's hierarchy; 1 where not stated"),
            "last_updated": (pl.Datetime("us"), "UTC"),
            "file_generated": (pl.Datetime("us"), "when the publisher made the file, UTC"),
            "is_humanitarian": (_FLAG, "NULL where not stated"),
            "budget_not_provided": (_TEXT, "codelist BudgetNotProvided"),
            "activity_status": (_TEXT, "codelist ActivityStatus"),
            "activity_scope": (_TEXT, "codelist ActivityScope"),
            "collaboration_type": (_TEXT, "codelist CollaborationType"),
            "default_flow_type": (_TEXT, "codelist FlowType"),
            "default_finance_type": (_TEXT, "codelist FinanceType"),
            **{f"default_{column}": (_TEXT, what) for column, what in AID_TYPES.values()},
            "default_tied_status": (_TEXT, "codelist TiedStatus"),
            "capital_spend_pct": (_FIGURE, "percentage of the total cost that is capital spending"),
            "is_free_standing_technical_cooperation": (_FLAG, "flag 1 of the DAC's reporting system is set (crs-add); NULL where not stated"),
            "planned_start": (_DAY, "the first date of type 1"),
            "actual_start": (_DAY, "the first date of type 2"),
            "planned_end": (_DAY, "the first date of type 3"),
            "actual_end": (_DAY, "the first date of type 4"),
            "funding_source": (_TEXT, "where the money comes from, in the words of the warehouse; only its own export says so"),
            **_BOOKED,
        },
    ),
    IatiTable(
        name="iati_texts",
        element="narrative",
        grain="one row per narrative of a title or description, of the activity or of one of its transactions",
        own={
            **_TRANSACTION_NUMBER,
            "element": (_TEXT, "`title`, `description` or `transaction_description`"),
            "text_type": (_TEXT, "codelist DescriptionType; 1 where not stated; NULL for titles and transactions"),
            "language": (_TEXT, "its own, else the activity's default"),
            "text": (_TEXT, "cut at 65,536 characters, with a warning"),
        },
    ),
    IatiTable(
        name="iati_dates",
        element="activity-date",
        grain="one row per date of an activity",
        own={"date_type": (_TEXT, "codelist ActivityDateType"), "iso_date": (_DAY, "NULL where not readable"), "note": (_TEXT, _NARRATIVE)},
    ),
    IatiTable(
        name="iati_participating_orgs",
        element="participating-org",
        grain="one row per organisation and role in an activity, as often as it is stated",
        own={
            "role": (_TEXT, "codelist OrganisationRole: 1 funding, 2 accountable, 3 extending, 4 implementing"),
            "org_ref": (_TEXT, "identifier of the organisation"),
            "org_type": (_TEXT, "codelist OrganisationType"),
            "org_name": (_TEXT, _NARRATIVE),
            "org_activity_id": (_TEXT, "the organisation's own activity"),
            "crs_channel_code": (_TEXT, "codelist CRSChannelCode"),
        },
    ),
    IatiTable(
        name="iati_recipients",
        element="recipient-country, recipient-region",
        grain="one row per recipient country or region, of the activity or of one of its transactions",
        own={
            **_TRANSACTION_NUMBER,
            "recipient_kind": (_TEXT, "`country` or `region`"),
            "vocabulary": (_TEXT, "of regions: codelist RegionVocabulary, 1 where not stated; NULL for countries"),
            "vocabulary_uri": (_TEXT, "where a publisher's own vocabulary stands"),
            "code": (_TEXT, "ISO 3166-1 alpha-2, or code of the region vocabulary"),
            "percentage": (_FIGURE, "as published; NULL where not stated, no number, or below 0"),
            "name": (_TEXT, _NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_sectors",
        element="sector",
        grain="one row per sector code, of the activity or of one of its transactions, in any vocabulary",
        own={
            **_TRANSACTION_NUMBER,
            "vocabulary": (_TEXT, "codelist SectorVocabulary; 1 where not stated"),
            "vocabulary_uri": (_TEXT, "where a publisher's own vocabulary stands"),
            "code": (_TEXT, "code of the vocabulary"),
            "percentage": (_FIGURE, "as published; NULL where not stated, no number, or below 0"),
            "name": (_TEXT, _NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_policy_markers",
        element="policy-marker",
        grain="one row per policy marker of an activity",
        own={
            "vocabulary": (_TEXT, "codelist PolicyMarkerVocabulary; 1 where not stated"),
            "vocabulary_uri": (_TEXT, "where a publisher's own vocabulary stands"),
            "code": (_TEXT, "codelist PolicyMarker: 1 is gender equality"),
            "significance": (_TEXT, "codelist PolicySignificance: 0 not targeted, 1 significant, 2 principal"),
            "name": (_TEXT, _NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_tags",
        element="tag",
        grain="one row per tag of an activity",
        own={
            "vocabulary": (_TEXT, "codelist TagVocabulary: 2 goals, 3 targets of the Sustainable Development Goals"),
            "vocabulary_uri": (_TEXT, "where a publisher's own vocabulary stands"),
            "code": (_TEXT, "code of the vocabulary"),
            "name": (_TEXT, _NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_locations",
        element="location",
        grain="one row per location of an activity; of repeated identifiers within it the first",
        own={
            "location_ref": (_TEXT, "the publisher's name for the location"),
            "reach": (_TEXT, "codelist GeographicLocationReach"),
            "location_id_vocabulary": (_TEXT, "codelist GeographicVocabulary"),
            "location_id": (_TEXT, "code of that vocabulary"),
            "name": (_TEXT, _NARRATIVE),
            "description": (_TEXT, _NARRATIVE),
            "activity_description": (_TEXT, _NARRATIVE),
            "administrative_vocabulary": (_TEXT, "codelist GeographicVocabulary"),
            "administrative_level": (_TEXT, "as published"),
            "administrative_code": (_TEXT, "code of that vocabulary"),
            "latitude": (_DEGREES, "degrees north, WGS 84"),
            "longitude": (_DEGREES, "degrees east, WGS 84"),
            "exactness": (_TEXT, "codelist GeographicExactness"),
            "location_class": (_TEXT, "codelist GeographicLocationClass"),
            "feature_designation": (_TEXT, "codelist LocationType"),
        },
    ),
    IatiTable(
        name="iati_budgets",
        element="budget",
        grain="one row per budget period of an activity; never added to transactions",
        row_date="period_start",
        own={
            "budget_type": (_TEXT, "codelist BudgetType: 1 original, 2 revised; 1 where not stated"),
            "budget_status": (_TEXT, "codelist BudgetStatus: 1 indicative, 2 committed; 1 where not stated"),
            "period_start": (_DAY, "first day"),
            "period_end": (_DAY, "last day"),
            **_VALUE,
            "reporting_org_ref": (_TEXT, "who publishes"),
            **_BOOKED,
        },
    ),
    IatiTable(
        name="iati_planned_disbursements",
        element="planned-disbursement",
        grain="one row per planned disbursement of an activity; never added to transactions",
        row_date="period_start",
        own={
            "disbursement_type": (_TEXT, "codelist BudgetType: 1 original, 2 revised; 1 where not stated"),
            "period_start": (_DAY, "first day"),
            "period_end": (_DAY, "last day; NULL where not stated"),
            **_VALUE,
            **_party("provider"),
            **_party("receiver"),
            "reporting_org_ref": (_TEXT, "who publishes"),
            **_BOOKED,
        },
    ),
    IatiTable(
        name="iati_transactions",
        element="transaction",
        grain="one row per transaction",
        key=("iati_identifier", "transaction_number"),
        row_date="transaction_date",
        days=("transaction_date",),
        on=("value_date", "transaction_date"),
        own={
            "transaction_number": (_COUNT, "n-th transaction of the activity, quarantined ones too, merged ones counted on: key with iati_identifier"),
            "transaction_ref": (_TEXT, "the publisher's reference"),
            "transaction_type": (_TEXT, "codelist TransactionType"),
            "warehouse_type": (_TEXT, "type in the words of the warehouse, where its own export had to use another one"),
            "transaction_date": (_DAY, "when it happened"),
            **_VALUE,
            "is_humanitarian": (_FLAG, "NULL where not stated"),
            "description": (_TEXT, "narrative in the default language, else in English, else the first; all of them in iati_texts"),
            **_party("provider"),
            **_party("receiver"),
            "disbursement_channel": (_TEXT, "codelist DisbursementChannel"),
            "flow_type": (_TEXT, "codelist FlowType; its own, without the activity's default"),
            "finance_type": (_TEXT, "codelist FinanceType; its own"),
            **{column: (_TEXT, f"{what}; its own") for column, what in AID_TYPES.values()},
            "tied_status": (_TEXT, "codelist TiedStatus; its own"),
            "reporting_org_ref": (_TEXT, "who publishes; the entity of the facts"),
            **_BOOKED,
        },
    ),
    IatiTable(
        name="iati_related_activities",
        element="related-activity",
        grain="one row per related activity of an activity",
        own={
            "relation_type": (_TEXT, "codelist RelatedActivityType: 1 parent, 2 child, 3 sibling, 4 co-funded, 5 third party"),
            "related_identifier": (_TEXT, "iati_identifier of the other activity"),
        },
    ),
    IatiTable(
        name="iati_results",
        element="result",
        grain="one row per baseline, target or actual of an indicator; an indicator or a result without any is one row",
        own={
            "result_number": (_COUNT, "n-th result of the activity"),
            "result_type": (_TEXT, "codelist ResultType: 1 output, 2 outcome, 3 impact, 9 other"),
            "result_title": (_TEXT, _NARRATIVE),
            "result_can_be_added": (_FLAG, "aggregation-status"),
            "indicator_number": (_COUNT, "n-th indicator of the result; NULL for a result without indicators"),
            "indicator_measure": (_TEXT, "codelist IndicatorMeasure: 1 unit, 2 percentage, 3 nominal, 4 ordinal, 5 qualitative"),
            "indicator_is_ascending": (_FLAG, "higher is better; true where not stated"),
            "indicator_title": (_TEXT, _NARRATIVE),
            "indicator_vocabulary": (_TEXT, "of the first reference: codelist IndicatorVocabulary"),
            "indicator_code": (_TEXT, "of the first reference"),
            "period_number": (_COUNT, "n-th period of the indicator; NULL for baselines"),
            "period_start": (_DAY, "first day"),
            "period_end": (_DAY, "last day"),
            "figure_kind": (_TEXT, "`baseline`, `target` or `actual`; NULL where there is none"),
            "figure_text": (_TEXT, "as published"),
            "figure": (_FIGURE, "as a number; NULL where it is none"),
            "figure_year": (pl.Int32(), "of a baseline"),
            "figure_on": (_DAY, "of a baseline"),
            "figure_location_ref": (_TEXT, "first location of the figure, a location_ref of the activity"),
            "figure_dimensions": (_TEXT, "`name=value`, several separated by `|`"),
            "figure_comment": (_TEXT, _NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_documents",
        element="document-link",
        grain="one row per document link of an activity or of its results",
        own={
            "document_level": (_TEXT, "`activity`, `result`, `indicator`, `baseline`, `target` or `actual`"),
            "result_number": (_COUNT, "n-th result of the activity; NULL at activity level"),
            "url": (_TEXT, "where the document stands"),
            "format": (_TEXT, "media type"),
            "title": (_TEXT, _NARRATIVE),
            "description": (_TEXT, _NARRATIVE),
            "categories": (_TEXT, "codelist DocumentCategory, several separated by `|`"),
            "languages": (_TEXT, "ISO 639-1, several separated by `|`"),
            "document_date": (_DAY, "of the document"),
        },
    ),
)

TABLES: dict[str, IatiTable] = {table.name: table for table in _TABLES}

# Tables whose values are money, conserved from delivery to release (law 5). In `delivered_amounts` the measure of a transaction is
# its type's code (`3`), of the others the word here.
MONEY_TABLES = {"iati_transactions": None, "iati_budgets": "budget", "iati_planned_disbursements": "planned_disbursement"}

CODELISTS = Path(__file__).with_name("iati_codelists.csv")


@lru_cache
def codelist(name: str) -> frozenset[str]:
    """Codes of one of the standard's codelists, withdrawn ones included.

    Raises:
        KeyError: the list is not among those kept here.
    """
    return _codelists()[name]


@lru_cache
def _codelists() -> dict[str, frozenset[str]]:
    with CODELISTS.open(encoding="utf-8", newline="") as lines:
        return {row["codelist"]: frozenset(row["codes"].split()) for row in csv.DictReader(lines)}
