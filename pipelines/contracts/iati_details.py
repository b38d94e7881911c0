"""What activity files say beside money, places and results: tables that lead to their activity and enter no total.

Of contacts organisation and role are kept; names, telephone numbers and addresses of persons are not read.
"""

from __future__ import annotations

from pipelines.contracts.iati_table import COUNT, DAY, FIGURE, NARRATIVE, TEXT, IatiTable

DETAILS = (
    IatiTable(
        name="iati_contacts",
        element="contact-info",
        grain="one row per contact of an activity, without names and addresses of persons",
        own={
            "contact_type": (TEXT, "codelist ContactType: 1 general, 2 project management, 3 financial management, 4 communications"),
            "organisation_name": (TEXT, NARRATIVE),
            "department": (TEXT, NARRATIVE),
            "job_title": (TEXT, NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_conditions",
        element="condition",
        grain="one row per condition attached to an activity",
        own={"condition_type": (TEXT, "codelist ConditionType: 1 policy, 2 performance, 3 fiduciary"), "condition": (TEXT, NARRATIVE)},
    ),
    IatiTable(
        name="iati_humanitarian_scopes",
        element="humanitarian-scope",
        grain="one row per emergency or appeal that an activity answers",
        own={
            "scope_type": (TEXT, "codelist HumanitarianScopeType: 1 emergency, 2 appeal"),
            "vocabulary": (TEXT, "codelist HumanitarianScopeVocabulary: 1-2 GLIDE, 2-1 Humanitarian Plan"),
            "vocabulary_uri": (TEXT, "where a publisher's own vocabulary stands"),
            "code": (TEXT, "code of the vocabulary"),
            "name": (TEXT, NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_country_budget_items",
        element="budget-item",
        grain="one row per item of the recipient country's budget that an activity falls under",
        own={
            "vocabulary": (TEXT, "codelist BudgetIdentifierVocabulary"),
            "code": (TEXT, "code of the vocabulary"),
            "percentage": (FIGURE, "of the activity; NULL where not stated, no number, or below 0"),
            "description": (TEXT, NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_other_identifiers",
        element="other-identifier",
        grain="one row per other identifier of an activity, or former identifier of its reporting organisation",
        own={
            "other_identifier": (TEXT, "the identifier"),
            "identifier_type": (TEXT, "codelist OtherIdentifierType: A of activities; B1 is a former identifier of the reporting organisation"),
            "owner_org_ref": (TEXT, "identifier of the organisation whose identifier it is"),
            "owner_org_name": (TEXT, NARRATIVE),
        },
    ),
    IatiTable(
        name="iati_legacy_data",
        element="legacy-data",
        grain="one row per field that the publisher kept from an older system",
        own={"name": (TEXT, "of the field"), "legacy_value": (TEXT, "as published"), "iati_equivalent": (TEXT, "element of the standard that holds it")},
    ),
    IatiTable(
        name="iati_forward_spending",
        element="forecast",
        grain="one row per year of a forward spending survey (fss); a survey without forecasts is one row",
        own={
            "extraction_date": (DAY, "when it was extracted"),
            "priority": (TEXT, "as published"),
            "phaseout_year": (TEXT, "year in which the activity ends"),
            "forecast_year": (TEXT, "year of the forecast"),
            "forecast": (FIGURE, "as published, in `currency`; in no total"),
            "currency": (TEXT, "ISO 4217, after the activity's default"),
            "value_date": (DAY, "day as of which the forecast is converted"),
        },
    ),
    IatiTable(
        name="iati_crs_flags",
        element="other-flags",
        grain="one row per flag of the DAC's reporting system (crs-add)",
        own={"code": (TEXT, "codelist CRSAddOtherFlags"), "significance": (TEXT, "1 set, 0 not")},
    ),
    IatiTable(
        name="iati_loans",
        element="crs-add",
        grain="one row per loan or channel told to the DAC's reporting system: terms, or status at the end of a year",
        own={
            "channel_code": (TEXT, "codelist CRSChannelCode"),
            "interest_rate": (FIGURE, "per cent (rate-1)"),
            "second_interest_rate": (FIGURE, "per cent (rate-2)"),
            "repayment_type": (TEXT, "codelist LoanRepaymentType"),
            "repayment_plan": (TEXT, "codelist LoanRepaymentPeriod"),
            "commitment_date": (DAY, "of the loan"),
            "repayment_first_date": (DAY, "first repayment"),
            "repayment_final_date": (DAY, "last repayment"),
            "status_year": (TEXT, "year that the amounts are of"),
            "currency": (TEXT, "ISO 4217, after the activity's default"),
            "value_date": (DAY, "day as of which the amounts are converted"),
            "interest_received": (FIGURE, "in the year; in no total"),
            "principal_outstanding": (FIGURE, "at the end of the year; in no total"),
            "principal_arrears": (FIGURE, "at the end of the year; in no total"),
            "interest_arrears": (FIGURE, "at the end of the year; in no total"),
        },
    ),
    IatiTable(
        name="iati_location_codes",
        element="location-id, administrative",
        grain="one row per identifier or administrative division of a location",
        own={
            "location_number": (COUNT, "n-th location of the activity"),
            "code_kind": (TEXT, "`location-id` or `administrative`"),
            "vocabulary": (TEXT, "codelist GeographicVocabulary"),
            "level": (TEXT, "of an administrative division, as published"),
            "code": (TEXT, "code of the vocabulary"),
        },
    ),
    IatiTable(
        name="iati_result_references",
        element="reference",
        grain="one row per reference of a result, or of one of its indicators, to a vocabulary",
        own={
            "result_number": (COUNT, "n-th result of the activity"),
            "indicator_number": (COUNT, "n-th indicator of the result; NULL for references of the result"),
            "vocabulary": (TEXT, "codelist ResultVocabulary or IndicatorVocabulary"),
            "vocabulary_uri": (TEXT, "where the vocabulary, or the indicator, stands"),
            "code": (TEXT, "code of the vocabulary"),
        },
    ),
)
