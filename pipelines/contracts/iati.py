"""Contract of `iati`: files of the International Aid Transparency Initiative, versions 1.01 to 2.03, as tables.

One delivery (an XML file, or one file inside a zip archive) becomes rows of all the tables here. Codes stay as published, without
blanks at their ends; what the standard gives a default for (vocabularies, budget type and status, the currency of a value) is
filled in; what a transaction may take from its activity (aid type, flow, sectors, countries) is not: that is a matter of staging.

Meaning of elements: https://iatistandard.org/en/iati-standard/203/activity-standard/
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import polars as pl

from pipelines.contracts.iati_details import DETAILS
from pipelines.contracts.iati_organisations import ORGANISATION_MONEY, ORGANISATION_TABLES
from pipelines.contracts.iati_table import BOOKED, COUNT, DAY, DEGREES, FIGURE, FLAG, NARRATIVE, TEXT, VALUE, Columns, IatiTable

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

# Of a transaction-level row; activity level where it is NULL.
_TRANSACTION_NUMBER: Columns = {"transaction_number": (COUNT, "n-th transaction of the activity; NULL for what is said of the activity")}

# Vocabularies of aid types (codelist AidTypeVocabulary): the column of a transaction, after `default_` of an activity, and what it holds.
AID_TYPES: dict[str, tuple[str, str]] = {
    "1": ("aid_type", "codelist AidType (vocabulary 1)"),
    "2": ("earmarking_category", "aid type of vocabulary 2"),
    "3": ("earmarking_modality", "aid type of vocabulary 3"),
    "4": ("cash_voucher_modality", "aid type of vocabulary 4"),
}


def _party(role: str) -> Columns:
    return {
        f"{role}_org_ref": (TEXT, f"identifier of the {role} organisation"),
        f"{role}_org_type": (TEXT, "codelist OrganisationType"),
        f"{role}_org_name": (TEXT, NARRATIVE),
        f"{role}_activity_id": (TEXT, f"activity of the {role} from or to which the money moves"),
    }


_TABLES = (
    IatiTable(
        name="iati_activities",
        element="iati-activity",
        grain="one row per activity",
        link=None,
        key=("iati_identifier",),
        days=("start_date", "end_date"),
        own={
            "iati_identifier": (TEXT, "the publisher's identifier of the activity; key"),
            "iati_version": (TEXT, "as published: 1.01 to 1.05, whose activities were upgraded, or 2.01 to 2.03"),
            "reporting_org_ref": (TEXT, "who publishes; the entity of the facts"),
            "reporting_org_type": (TEXT, "codelist OrganisationType"),
            "reporting_org_name": (TEXT, NARRATIVE),
            "is_secondary_reporter": (FLAG, "the publisher reports on somebody else's activity; false where not stated"),
            "title": (TEXT, "narrative in the default language, else in English, else the first; all of them in iati_texts"),
            "default_language": (TEXT, "language of narratives that state none"),
            "default_currency": (TEXT, "currency of values that state none"),
            "hierarchy": (pl.Int32(), "level within the publisher's hierarchy; 1 where not stated"),
            "last_updated": (pl.Datetime("us"), "UTC"),
            "file_generated": (pl.Datetime("us"), "when the publisher made the file, UTC"),
            "is_humanitarian": (FLAG, "NULL where not stated"),
            "budget_not_provided": (TEXT, "codelist BudgetNotProvided"),
            "activity_status": (TEXT, "codelist ActivityStatus"),
            "activity_scope": (TEXT, "codelist ActivityScope"),
            "collaboration_type": (TEXT, "codelist CollaborationType"),
            "default_flow_type": (TEXT, "codelist FlowType"),
            "default_finance_type": (TEXT, "codelist FinanceType"),
            **{f"default_{column}": (TEXT, what) for column, what in AID_TYPES.values()},
            "default_tied_status": (TEXT, "codelist TiedStatus"),
            "capital_spend_pct": (FIGURE, "percentage of the total cost that is capital spending"),
            "is_free_standing_technical_cooperation": (FLAG, "flag 1 of the DAC's reporting system is set (crs-add); NULL where not stated"),
            "planned_start": (DAY, "the first date of type 1"),
            "actual_start": (DAY, "the first date of type 2"),
            "planned_end": (DAY, "the first date of type 3"),
            "actual_end": (DAY, "the first date of type 4"),
            "are_conditions_attached": (FLAG, "NULL where not stated; the conditions stand in iati_conditions"),
            "linked_data_uri": (TEXT, "where the publisher has the activity as linked data"),
            "funding_source": (TEXT, "where the money comes from, in the words of the warehouse; only its own export says so"),
            **BOOKED,
        },
    ),
    IatiTable(
        name="iati_texts",
        element="narrative",
        grain="one row per narrative of a title or description, of the activity or of one of its transactions",
        own={
            **_TRANSACTION_NUMBER,
            "element": (TEXT, "`title`, `description` or `transaction_description`"),
            "text_type": (TEXT, "codelist DescriptionType; 1 where not stated; NULL for titles and transactions"),
            "language": (TEXT, "its own, else the activity's default"),
            "text": (TEXT, "cut at 65,536 characters, with a warning"),
        },
    ),
    IatiTable(
        name="iati_dates",
        element="activity-date",
        grain="one row per date of an activity",
        own={"date_type": (TEXT, "codelist ActivityDateType"), "iso_date": (DAY, "NULL where not readable"), "note": (TEXT, NARRATIVE)},
    ),
    IatiTable(
        name="iati_participating_orgs",
        element="participating-org",
        grain="one row per organisation and role in an activity, as often as it is stated",
        own={
            "role": (TEXT, "codelist OrganisationRole: 1 funding, 2 accountable, 3 extending, 4 implementing"),
            "org_ref": (TEXT, "identifier of the organisation"),
            "org_type": (TEXT, "codelist OrganisationType"),
            "org_name": (TEXT, NARRATIVE),
            "org_activity_id": (TEXT, "the organisation's own activity"),
            "crs_channel_code": (TEXT, "codelist CRSChannelCode"),
        },
    ),
    IatiTable(
        name="iati_recipients",
        element="recipient-country, recipient-region",
        grain="one row per recipient country or region, of the activity or of one of its transactions",
        own={
            **_TRANSACTION_NUMBER,
            "recipient_kind": (TEXT, "`country` or `region`"),
            "vocabulary": (TEXT, "of regions: codelist RegionVocabulary, 1 where not stated; NULL for countries"),
            "vocabulary_uri": (TEXT, "where a publisher's own vocabulary stands"),
            "code": (TEXT, "ISO 3166-1 alpha-2, or code of the region vocabulary"),
            "percentage": (FIGURE, "as published; NULL where not stated, no number, or below 0"),
            "name": (TEXT, NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_sectors",
        element="sector",
        grain="one row per sector code, of the activity or of one of its transactions, in any vocabulary",
        own={
            **_TRANSACTION_NUMBER,
            "vocabulary": (TEXT, "codelist SectorVocabulary; 1 where not stated"),
            "vocabulary_uri": (TEXT, "where a publisher's own vocabulary stands"),
            "code": (TEXT, "code of the vocabulary"),
            "percentage": (FIGURE, "as published; NULL where not stated, no number, or below 0"),
            "name": (TEXT, NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_policy_markers",
        element="policy-marker",
        grain="one row per policy marker of an activity",
        own={
            "vocabulary": (TEXT, "codelist PolicyMarkerVocabulary; 1 where not stated"),
            "vocabulary_uri": (TEXT, "where a publisher's own vocabulary stands"),
            "code": (TEXT, "codelist PolicyMarker: 1 is gender equality"),
            "significance": (TEXT, "codelist PolicySignificance: 0 not targeted, 1 significant, 2 principal"),
            "name": (TEXT, NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_tags",
        element="tag",
        grain="one row per tag of an activity",
        own={
            "vocabulary": (TEXT, "codelist TagVocabulary: 2 goals, 3 targets of the Sustainable Development Goals"),
            "vocabulary_uri": (TEXT, "where a publisher's own vocabulary stands"),
            "code": (TEXT, "code of the vocabulary"),
            "name": (TEXT, NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_locations",
        element="location",
        grain="one row per location of an activity; of repeated identifiers within it the first, all of them in iati_location_codes",
        own={
            "location_number": (COUNT, "n-th location of the activity"),
            "location_ref": (TEXT, "the publisher's name for the location"),
            "reach": (TEXT, "codelist GeographicLocationReach"),
            "location_id_vocabulary": (TEXT, "codelist GeographicVocabulary"),
            "location_id": (TEXT, "code of that vocabulary"),
            "name": (TEXT, NARRATIVE),
            "description": (TEXT, NARRATIVE),
            "activity_description": (TEXT, NARRATIVE),
            "administrative_vocabulary": (TEXT, "codelist GeographicVocabulary"),
            "administrative_level": (TEXT, "as published"),
            "administrative_code": (TEXT, "code of that vocabulary"),
            "spatial_reference": (TEXT, "srsName of the point; WGS 84 where the standard is kept"),
            "latitude": (DEGREES, "degrees north, WGS 84"),
            "longitude": (DEGREES, "degrees east, WGS 84"),
            "exactness": (TEXT, "codelist GeographicExactness"),
            "location_class": (TEXT, "codelist GeographicLocationClass"),
            "feature_designation": (TEXT, "codelist LocationType"),
        },
    ),
    IatiTable(
        name="iati_budgets",
        element="budget",
        grain="one row per budget period of an activity; never added to transactions",
        row_date="period_start",
        own={
            "budget_type": (TEXT, "codelist BudgetType: 1 original, 2 revised; 1 where not stated"),
            "budget_status": (TEXT, "codelist BudgetStatus: 1 indicative, 2 committed; 1 where not stated"),
            "period_start": (DAY, "first day"),
            "period_end": (DAY, "last day"),
            **VALUE,
            "reporting_org_ref": (TEXT, "who publishes"),
            **BOOKED,
        },
    ),
    IatiTable(
        name="iati_planned_disbursements",
        element="planned-disbursement",
        grain="one row per planned disbursement of an activity; never added to transactions",
        row_date="period_start",
        own={
            "disbursement_type": (TEXT, "codelist BudgetType: 1 original, 2 revised; 1 where not stated"),
            "period_start": (DAY, "first day"),
            "period_end": (DAY, "last day; NULL where not stated"),
            **VALUE,
            **_party("provider"),
            **_party("receiver"),
            "reporting_org_ref": (TEXT, "who publishes"),
            **BOOKED,
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
            "transaction_number": (COUNT, "n-th transaction of the activity, quarantined ones too, merged ones counted on: key with iati_identifier"),
            "transaction_ref": (TEXT, "the publisher's reference"),
            "transaction_type": (TEXT, "codelist TransactionType"),
            "warehouse_type": (TEXT, "type in the words of the warehouse, where its own export had to use another one"),
            "transaction_date": (DAY, "when it happened"),
            **VALUE,
            "is_humanitarian": (FLAG, "NULL where not stated"),
            "description": (TEXT, "narrative in the default language, else in English, else the first; all of them in iati_texts"),
            **_party("provider"),
            **_party("receiver"),
            "disbursement_channel": (TEXT, "codelist DisbursementChannel"),
            "flow_type": (TEXT, "codelist FlowType; its own, without the activity's default"),
            "finance_type": (TEXT, "codelist FinanceType; its own"),
            **{column: (TEXT, f"{what}; its own") for column, what in AID_TYPES.values()},
            "tied_status": (TEXT, "codelist TiedStatus; its own"),
            "reporting_org_ref": (TEXT, "who publishes; the entity of the facts"),
            **BOOKED,
        },
    ),
    IatiTable(
        name="iati_related_activities",
        element="related-activity",
        grain="one row per related activity of an activity",
        own={
            "relation_type": (TEXT, "codelist RelatedActivityType: 1 parent, 2 child, 3 sibling, 4 co-funded, 5 third party"),
            "related_identifier": (TEXT, "iati_identifier of the other activity"),
        },
    ),
    IatiTable(
        name="iati_results",
        element="result",
        grain="one row per baseline, target or actual of an indicator; an indicator or a result without any is one row",
        own={
            "result_number": (COUNT, "n-th result of the activity"),
            "result_type": (TEXT, "codelist ResultType: 1 output, 2 outcome, 3 impact, 9 other"),
            "result_title": (TEXT, NARRATIVE),
            "result_description": (TEXT, NARRATIVE),
            "result_can_be_added": (FLAG, "aggregation-status"),
            "indicator_number": (COUNT, "n-th indicator of the result; NULL for a result without indicators"),
            "indicator_measure": (TEXT, "codelist IndicatorMeasure: 1 unit, 2 percentage, 3 nominal, 4 ordinal, 5 qualitative"),
            "indicator_is_ascending": (FLAG, "higher is better; true where not stated"),
            "indicator_can_be_added": (FLAG, "aggregation-status"),
            "indicator_title": (TEXT, NARRATIVE),
            "indicator_description": (TEXT, NARRATIVE),
            "indicator_vocabulary": (TEXT, "of the first reference: codelist IndicatorVocabulary; all of them in iati_result_references"),
            "indicator_code": (TEXT, "of the first reference"),
            "period_number": (COUNT, "n-th period of the indicator; NULL for baselines"),
            "period_start": (DAY, "first day"),
            "period_end": (DAY, "last day"),
            "figure_kind": (TEXT, "`baseline`, `target` or `actual`; NULL where there is none"),
            "figure_text": (TEXT, "as published"),
            "figure": (FIGURE, "as a number; NULL where it is none"),
            "figure_year": (pl.Int32(), "of a baseline"),
            "figure_on": (DAY, "of a baseline"),
            "figure_location_ref": (TEXT, "first location of the figure, a location_ref of the activity"),
            "figure_locations": (TEXT, "all of them, several separated by `|`"),
            "figure_dimensions": (TEXT, "`name=value`, several separated by `|`"),
            "figure_comment": (TEXT, NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_documents",
        element="document-link",
        grain="one row per document link of an activity or of its results",
        own={
            "document_level": (TEXT, "`activity`, `result`, `indicator`, `baseline`, `target` or `actual`"),
            "result_number": (COUNT, "n-th result of the activity; NULL at activity level"),
            "indicator_number": (COUNT, "n-th indicator of the result; NULL at other levels"),
            "period_number": (COUNT, "n-th period of the indicator; NULL at other levels"),
            "url": (TEXT, "where the document stands"),
            "format": (TEXT, "media type"),
            "title": (TEXT, NARRATIVE),
            "description": (TEXT, NARRATIVE),
            "categories": (TEXT, "codelist DocumentCategory, several separated by `|`"),
            "languages": (TEXT, "ISO 639-1, several separated by `|`"),
            "document_date": (DAY, "of the document"),
        },
    ),
)

# Tables of activity files, of organisation files, and all of them.
ACTIVITY_TABLES: dict[str, IatiTable] = {table.name: table for table in (*_TABLES, *DETAILS)}
TABLES: dict[str, IatiTable] = ACTIVITY_TABLES | ORGANISATION_TABLES

# Tables whose values are money, conserved from delivery to release (law 5). In `delivered_amounts` the measure of a transaction is
# its type's code (`3`), of the others the word here.
MONEY_TABLES = {"iati_transactions": None, "iati_budgets": "budget", "iati_planned_disbursements": "planned_disbursement"} | ORGANISATION_MONEY

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
