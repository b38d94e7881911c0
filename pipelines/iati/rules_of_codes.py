"""Rules of an activity file about codes that decide how money is counted, split or classified: the code list of each column."""

from __future__ import annotations

import polars as pl

from pipelines.contracts.iati import codelist
from pipelines.iati.rule import IatiRule

AT_ACTIVITY = pl.col("transaction_number").is_null()
_COUNTRY, _REGION = pl.col("recipient_kind") == "country", pl.col("recipient_kind") == "region"


def vocabulary(*codes: str) -> pl.Expr:
    """Whether a row is in one of these vocabularies."""
    return pl.col("vocabulary").is_in(list(codes))


# The validator's rule, table, column, code list, and which rows of the table (None: all).
# The validator numbers one rule differently at the activity and at its transactions.
_LISTS: tuple[tuple[str, str, str, str, pl.Expr | None], ...] = (
    ("9.93.1", "iati_transactions", "transaction_type", "TransactionType", None),
    ("9.2.1", "iati_activities", "budget_not_provided", "BudgetNotProvided", None),
    ("9.3.1", "iati_activities", "default_currency", "Currency", None),
    ("9.5.1", "iati_activities", "activity_status", "ActivityStatus", None),
    ("9.6.1", "iati_activities", "activity_scope", "ActivityScope", None),
    ("9.10.1", "iati_activities", "collaboration_type", "CollaborationType", None),
    ("9.21.1", "iati_activities", "default_aid_type", "AidType", None),
    ("9.23.1", "iati_activities", "default_finance_type", "FinanceType", None),
    ("9.24.1", "iati_activities", "default_flow_type", "FlowType", None),
    ("9.25.1", "iati_activities", "default_tied_status", "TiedStatus", None),
    ("9.54.1", "iati_activities", "reporting_org_type", "OrganisationType", None),
    ("9.127.1", "iati_activities", "default_earmarking_category", "EarmarkingCategory", None),
    ("9.128.1", "iati_activities", "default_cash_voucher_modality", "CashandVoucherModalities", None),
    ("9.4.1", "iati_dates", "date_type", "ActivityDateType", None),
    ("9.26.1", "iati_texts", "text_type", "DescriptionType", None),
    ("9.40.1", "iati_participating_orgs", "crs_channel_code", "CRSChannelCode", None),
    ("9.41.1", "iati_participating_orgs", "role", "OrganisationRole", None),
    ("9.42.1", "iati_participating_orgs", "org_type", "OrganisationType", None),
    ("9.47.1", "iati_policy_markers", "code", "PolicyMarker", vocabulary("1")),
    ("9.48.1", "iati_policy_markers", "significance", "PolicySignificance", None),
    ("9.49.1", "iati_policy_markers", "vocabulary", "PolicyMarkerVocabulary", None),
    ("9.79.1", "iati_tags", "vocabulary", "TagVocabulary", None),
    ("9.125.1", "iati_tags", "code", "UNSDG-Goals", vocabulary("2")),
    ("9.126.1", "iati_tags", "code", "UNSDG-Targets", vocabulary("3")),
    ("9.33.1", "iati_locations", "administrative_vocabulary", "GeographicVocabulary", None),
    ("9.35.1", "iati_locations", "location_class", "GeographicLocationClass", None),
    ("9.36.1", "iati_locations", "location_id_vocabulary", "GeographicVocabulary", None),
    ("9.37.1", "iati_locations", "reach", "GeographicLocationReach", None),
    ("9.38.1", "iati_locations", "exactness", "GeographicExactness", None),
    ("9.7.1", "iati_budgets", "budget_status", "BudgetStatus", None),
    ("9.8.1", "iati_budgets", "budget_type", "BudgetType", None),
    ("9.43.1", "iati_planned_disbursements", "disbursement_type", "BudgetType", None),
    ("9.44.1", "iati_planned_disbursements", "provider_org_type", "OrganisationType", None),
    ("9.45.1", "iati_planned_disbursements", "receiver_org_type", "OrganisationType", None),
    ("9.80.1", "iati_transactions", "aid_type", "AidType", None),
    ("9.82.1", "iati_transactions", "disbursement_channel", "DisbursementChannel", None),
    ("9.83.1", "iati_transactions", "finance_type", "FinanceType", None),
    ("9.84.1", "iati_transactions", "flow_type", "FlowType", None),
    ("9.88.1", "iati_transactions", "provider_org_type", "OrganisationType", None),
    ("9.89.1", "iati_transactions", "receiver_org_type", "OrganisationType", None),
    ("9.92.1", "iati_transactions", "tied_status", "TiedStatus", None),
    ("9.53.1", "iati_related_activities", "relation_type", "RelatedActivityType", None),
    ("9.55.1", "iati_results", "result_type", "ResultType", None),
    ("9.60.1", "iati_results", "indicator_measure", "IndicatorMeasure", None),
    ("9.74.1", "iati_results", "indicator_vocabulary", "IndicatorVocabulary", None),
    ("9.50.1", "iati_recipients", "code", "Country", AT_ACTIVITY & _COUNTRY),
    ("9.51.1", "iati_recipients", "code", "Region", AT_ACTIVITY & _REGION & vocabulary("1")),
    ("9.52.1", "iati_recipients", "vocabulary", "RegionVocabulary", AT_ACTIVITY & _REGION),
    ("9.85.1", "iati_recipients", "code", "Country", ~AT_ACTIVITY & _COUNTRY),
    ("9.86.1", "iati_recipients", "code", "Region", ~AT_ACTIVITY & _REGION & vocabulary("1")),
    ("9.87.1", "iati_recipients", "vocabulary", "RegionVocabulary", ~AT_ACTIVITY & _REGION),
    ("9.76.1", "iati_sectors", "code", "Sector", AT_ACTIVITY & vocabulary("1")),
    ("9.77.1", "iati_sectors", "code", "SectorCategory", AT_ACTIVITY & vocabulary("2")),
    ("9.78.1", "iati_sectors", "vocabulary", "SectorVocabulary", AT_ACTIVITY),
    ("9.90.1", "iati_sectors", "code", "Sector", ~AT_ACTIVITY & vocabulary("1")),
    ("9.124.1", "iati_sectors", "code", "SectorCategory", ~AT_ACTIVITY & vocabulary("2")),
    ("", "iati_total_budgets", "budget_status", "BudgetStatus", None),
    ("", "iati_recipient_country_budgets", "recipient", "Country", None),
    ("", "iati_recipient_region_budgets", "recipient", "Region", vocabulary("1")),
    ("9.91.1", "iati_sectors", "vocabulary", "SectorVocabulary", ~AT_ACTIVITY),
)
# Without its type money cannot be told to come or go; every other code is loaded as published.
_NEEDED = ("transaction_type",)


def _rule(number: str, table: str, column: str, name: str, rows: pl.Expr | None) -> IatiRule:
    broken = ~pl.col(column).is_in(sorted(codelist(name)))
    return IatiRule(
        name="not_in_code_list",
        ids=tuple(number.split()),
        table=table,
        column=column,
        severity="error" if column in _NEEDED else "warning",
        remedy=f"use a code of the codelist {name}" + ("" if column in _NEEDED else "; loaded as published"),
        broken=broken if rows is None else rows & broken,
    )


RULES_OF_CODES: tuple[IatiRule, ...] = tuple(_rule(*line) for line in _LISTS)
