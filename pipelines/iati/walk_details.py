"""What an activity says beside money, places and results, as rows: the handlers that the walk calls for elements that are rare."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lxml.etree import _Element

from pipelines.contracts.iati_details import DETAILS
from pipelines.iati.narratives import said

if TYPE_CHECKING:
    from pipelines.iati.walk import Walk

Handler = Callable[[_Element], None]
_OWN = {table.name: tuple(table.own) for table in DETAILS}


def _add(walk: Walk, table: str, **cells: object) -> None:
    """One row; what is not named is not stated."""
    walk.rows[table].append((walk.number, walk.identifier, *(cells.get(column) for column in _OWN[table])))


def details_of(walk: Walk) -> dict[str, Handler]:
    """The handlers of elements that stand directly in an activity, by their names."""
    handlers = {
        "contact-info": _contact,
        "humanitarian-scope": _scope,
        "country-budget-items": _budget_items,
        "other-identifier": _other_identifier,
        "legacy-data": _legacy,
        "fss": _forward_spending,
    }
    return {tag: lambda element, add=add: add(walk, element) for tag, add in handlers.items()}


def _contact(walk: Walk, element: _Element) -> None:
    told = {child.tag: said(child, walk.default_language) for child in element if child.tag in ("organisation", "department", "job-title")}
    _add(
        walk,
        "iati_contacts",
        contact_type=element.get("type"),
        organisation_name=told.get("organisation"),
        department=told.get("department"),
        job_title=told.get("job-title"),
    )


def add_conditions(walk: Walk, element: _Element) -> None:
    """The conditions of an activity."""
    for condition in element.iterchildren("condition"):
        _add(walk, "iati_conditions", condition_type=condition.get("type"), condition=said(condition, walk.default_language))


def _scope(walk: Walk, element: _Element) -> None:
    get = element.get
    _add(
        walk,
        "iati_humanitarian_scopes",
        scope_type=get("type"),
        vocabulary=get("vocabulary"),
        vocabulary_uri=get("vocabulary-uri"),
        code=get("code"),
        name=said(element, walk.default_language),
    )


def _budget_items(walk: Walk, element: _Element) -> None:
    for item in element.iterchildren("budget-item"):
        description = item.find("description")
        _add(
            walk,
            "iati_country_budget_items",
            vocabulary=element.get("vocabulary"),
            code=item.get("code"),
            percentage=item.get("percentage"),
            description=said(description, walk.default_language) if description is not None else None,
        )


def _other_identifier(walk: Walk, element: _Element) -> None:
    owner = element.find("owner-org")
    _add(
        walk,
        "iati_other_identifiers",
        other_identifier=element.get("ref"),
        identifier_type=element.get("type"),
        owner_org_ref=owner.get("ref") if owner is not None else None,
        owner_org_name=said(owner, walk.default_language) if owner is not None else None,
    )


def _legacy(walk: Walk, element: _Element) -> None:
    _add(walk, "iati_legacy_data", name=element.get("name"), legacy_value=element.get("value"), iati_equivalent=element.get("iati-equivalent"))


def _forward_spending(walk: Walk, element: _Element) -> None:
    survey = {"extraction_date": element.get("extraction-date"), "priority": element.get("priority"), "phaseout_year": element.get("phaseout-year")}
    forecasts = list(element.iterchildren("forecast"))
    for forecast in forecasts:
        _add(
            walk,
            "iati_forward_spending",
            **survey,
            forecast_year=forecast.get("year"),
            forecast=forecast.text,
            currency=forecast.get("currency") or walk.default_currency,
            value_date=forecast.get("value-date"),
        )
    if not forecasts:
        _add(walk, "iati_forward_spending", **survey)


def add_loans(walk: Walk, element: _Element) -> None:
    """Flags, channel, terms and status of what the DAC's reporting system is told."""
    for child in element:
        tag = child.tag
        if tag == "other-flags":
            _add(walk, "iati_crs_flags", code=child.get("code"), significance=child.get("significance"))
        elif tag == "channel-code":
            _add(walk, "iati_loans", channel_code=child.text)
        elif tag == "loan-terms":
            parts = {part.tag: part.get("code") or part.get("iso-date") for part in child}
            dates = {name: parts.get(name.replace("_", "-")) for name in ("commitment_date", "repayment_first_date", "repayment_final_date")}
            _add(
                walk,
                "iati_loans",
                interest_rate=child.get("rate-1"),
                second_interest_rate=child.get("rate-2"),
                repayment_type=parts.get("repayment-type"),
                repayment_plan=parts.get("repayment-plan"),
                **dates,
            )
        elif tag == "loan-status":
            _add(
                walk,
                "iati_loans",
                status_year=child.get("year"),
                currency=child.get("currency") or walk.default_currency,
                value_date=child.get("value-date"),
                **{part.tag.replace("-", "_"): part.text for part in child},
            )


def add_location_code(walk: Walk, element: _Element, location: int) -> None:
    """An identifier or an administrative division of a location."""
    get = element.get
    _add(
        walk,
        "iati_location_codes",
        location_number=location,
        code_kind=element.tag,
        vocabulary=get("vocabulary"),
        level=get("level"),
        code=get("code"),
    )


def add_reference(walk: Walk, element: _Element, result: int, indicator: int | None) -> None:
    """A reference of a result or of an indicator."""
    get = element.get
    _add(
        walk,
        "iati_result_references",
        result_number=result,
        indicator_number=indicator,
        vocabulary=get("vocabulary"),
        vocabulary_uri=get("vocabulary-uri") or get("indicator-uri"),
        code=get("code"),
    )
