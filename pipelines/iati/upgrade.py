"""Activities of versions 1.01 to 1.05 in the form of version 2.03, by the changes that the standard documents.

An activity is changed as a tree, before it is walked over; what already has the newer form stays as it is, since publishers mixed both.
References of organisations and codes that kept their meaning are left as published. What has no counterpart in version 2 stays as it is
written: rules find it and keep the row out (`cannot_be_upgraded`, and `not_in_code_list` for transaction types).

What changed: https://iatistandard.org/en/iati-standard/upgrades/integer-upgrade-to-2-01/2-01-changes/
"""

from __future__ import annotations

import re
from collections import Counter

from lxml.etree import Element, SubElement, _Element

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# Version 1 wrote words and letters where version 2 has numbers: what is changed, and each code in small letters.
_CODES: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    ("transaction-type", "code"): (
        "transaction types by letter to numbers",
        {"if": "1", "c": "2", "d": "3", "e": "4", "ir": "5", "lr": "6", "r": "7", "qp": "8", "qs": "9", "cg": "10"},
    ),
    ("activity-date", "type"): ("types of dates in words to numbers", {"start-planned": "1", "start-actual": "2", "end-planned": "3", "end-actual": "4"}),
    ("participating-org", "role"): (
        "roles of organisations in words to numbers",
        {"funding": "1", "accountable": "2", "extending": "3", "implementing": "4"},
    ),
    ("sector", "vocabulary"): (
        "vocabularies of sectors to numbers",
        {"dac": "1", "dac-3": "2", "cofog": "3", "nace": "4", "ntee": "5", "adt": "6", "ro": "99", "ro2": "98"},
    ),
    ("policy-marker", "vocabulary"): ("vocabularies of policy markers to numbers", {"dac": "1", "ro": "99"}),
    ("budget", "type"): ("types of budgets in words to numbers", {"original": "1", "revised": "2"}),
    ("result", "type"): ("types of results in words to numbers", {"output": "1", "outcome": "2", "impact": "3", "other": "9"}),
    ("indicator", "measure"): ("measures of indicators in words to numbers", {"unit": "1", "percentage": "2"}),
    ("conditions", "attached"): ("conditions attached in words to numbers", {"yes": "1", "no": "0"}),
}
_STATUS = {
    "pipeline/identification": "1", "pipeline": "1", "implementation": "2", "completion": "3", "post-completion": "4", "post completion": "4", "cancelled": "5",
}  # fmt: skip
# Elements whose text stands in narratives since version 2.
_TOLD = frozenset(
    (
        "title", "description", "comment", "name", "activity-description", "reporting-org", "participating-org", "provider-org", "receiver-org", "sector",
        "recipient-country", "recipient-region", "policy-marker", "condition", "organisation", "department", "person-name", "job-title", "mailing-address",
    )
)  # fmt: skip
# In several languages these stand several times, and are one only if they name the same.
_NAMED_BY = {"participating-org": "ref", "sector": "code", "recipient-country": "code", "recipient-region": "code", "policy-marker": "code"}
_DATED = frozenset(("activity-date", "transaction-date", "period-start", "period-end", "document-date"))
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2}|T.*)?$")
_GAZETTEERS = {"geo": "G1", "1": "G1", "osm": "G2", "3": "G2"}
_WEB_PAGE = "A12"


def upgrade(activity: _Element, told: Counter[str]) -> None:
    """Change an activity of version 1 into one of version 2.03.

    Args:
        activity: without namespaces; changed in place.
        told: kinds of changes, counted on.
    """
    for parent in list(activity.iter(Element)):
        _join_languages(parent, told)
    for element in list(activity.iter(Element)):
        tag = element.tag
        for name in ("code", "type", "role", "vocabulary", "measure", "attached"):
            _recode(element, name, told)
        if tag in _DATED:
            _date(element, told)
        elif tag in _TOLD:
            told["texts to narratives"] += _narrate(element)
        elif tag in _RESHAPED:
            what, reshape = _RESHAPED[tag]
            told[what] += reshape(element)
    for what in [what for what, number in told.items() if not number]:
        del told[what]


def _recode(element: _Element, name: str, told: Counter[str]) -> None:
    known = _CODES.get((element.tag, name))
    code = known and known[1].get((element.get(name) or "").strip().lower())
    if known and code:
        element.set(name, code)
        told[known[0]] += 1


def _join_languages(parent: _Element, told: Counter[str]) -> None:
    """What version 1 repeated for each language becomes one element with a narrative in each."""
    met: dict[tuple[object, ...], tuple[_Element, set[str | None]]] = {}
    for child in list(parent):
        named_by = _NAMED_BY.get(child.tag)
        if child.tag not in _TOLD or len(child) or not child.text or (named_by and not child.get(named_by)):
            continue
        alike = (child.tag, *sorted((name, value) for name, value in child.items() if name != LANGUAGE))
        language = child.get(LANGUAGE)
        first, languages = met.setdefault(alike, (child, set()))
        if languages and language not in languages:
            _narrate(first)
            _narrative(first, child.text, language)
            parent.remove(child)
            told["elements repeated for each language to narratives of one"] += 1
        languages.add(language)


def _narrate(element: _Element) -> int:
    """Text of an element becomes its first narrative; 1 if there was some."""
    text = element.text
    if not text or text.isspace() or element.find("narrative") is not None:
        return 0
    element.text = None
    _narrative(element, text, element.attrib.pop(LANGUAGE, None))
    return 1


def _narrative(element: _Element, text: str, language: str | None) -> None:
    narrative = SubElement(element, "narrative")
    narrative.text = text
    if language:
        narrative.set(LANGUAGE, language)


def _date(element: _Element, told: Counter[str]) -> None:
    """The day is an attribute, without a time of day; a text that says no day is a note to it."""
    text, stated = (element.text or "").strip(), (element.get("iso-date") or "").strip()
    in_text = _DAY.match(text)
    if not stated and in_text:
        element.set("iso-date", in_text[1])
        told["days in texts to iso-date"] += 1
    elif "T" in stated and (day := _DAY.match(stated)):
        element.set("iso-date", day[1])
        told["times of day left out of iso-date"] += 1
    if element.tag == "activity-date" and not in_text:
        told["texts to narratives"] += _narrate(element)


def _status(element: _Element) -> int:
    said = (element.get("code") or element.text or "").strip().lower()
    if said not in _STATUS:
        return 0
    element.set("code", _STATUS[said])
    return 1


def _other_identifier(element: _Element) -> int:
    if element.get("ref") or not (element.text or "").strip():
        return 0
    element.set("ref", element.text.strip())
    element.text = None
    owner, name = element.attrib.pop("owner-ref", None), element.attrib.pop("owner-name", None)
    if owner or name:
        told = SubElement(element, "owner-org", {"ref": owner} if owner else {})
        if name:
            _narrative(told, name, None)
    return 1


def _website(element: _Element) -> int:
    url = (element.text or "").strip()
    element.tag, element.text = "document-link", None
    element.set("url", url)
    element.set("format", "text/html")
    SubElement(element, "category", code=_WEB_PAGE)
    return 1


def _language(element: _Element) -> int:
    text = (element.text or "").strip()
    if element.get("code") or not text:
        return 0
    element.set("code", text)
    return 1


def _coordinates(element: _Element) -> int:
    latitude, longitude, precision = (element.attrib.pop(name, "").strip() for name in ("latitude", "longitude", "precision"))
    location = element.getparent()
    element.tag = "point"
    SubElement(element, "pos").text = f"{latitude} {longitude}".strip()
    if precision and location.find("exactness") is None:
        SubElement(location, "exactness", code="1" if precision == "1" else "2")
    return 1


def _gazetteer(element: _Element) -> int:
    vocabulary = _GAZETTEERS.get((element.get("gazetteer-ref") or "").strip().lower())
    code = (element.text or "").strip()
    if vocabulary is None or not code:
        return 0
    element.tag = "location-id"
    element.set("vocabulary", vocabulary)
    element.set("code", code)
    return 1


def _location_type(element: _Element) -> int:
    element.tag = "feature-designation"
    return 1


def _flag(element: _Element) -> int:
    element.tag = "other-flags"
    return 1


def _updated(element: _Element) -> int:
    return int(element.attrib.pop("updated", None) is not None)


_RESHAPED = {
    "activity-status": ("statuses in words to numbers", _status),
    "other-identifier": ("texts of other identifiers to attributes", _other_identifier),
    "activity-website": ("websites of activities to document links", _website),
    "language": ("languages of documents in texts to codes", _language),
    "coordinates": ("coordinates to points", _coordinates),
    "gazetteer-entry": ("entries of gazetteers to identifiers of locations", _gazetteer),
    "location-type": ("types of locations to feature designations", _location_type),
    "aidtype-flag": ("flags of aid types to other flags", _flag),
    "planned-disbursement": ("days on which planned disbursements were updated, left out", _updated),
}
