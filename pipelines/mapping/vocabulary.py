"""What deliverers call columns, codes, currencies, units and sums, in English, French, Spanish and Russian; for proposals that a clerk confirms."""

from __future__ import annotations

import re

# What titles and headers say of all rows.
CURRENCIES_SAID = (
    (r"US\$|\bUSD\b|United States dollars?|US dollars?|dollars des États-Unis|dólares|долл\w*\.? ?США", "USD"),
    (r"€|\bEUR\b|\b[Ee]uros?\b|евро", "EUR"),
    (r"\bCHF\b|Swiss francs?|francs suisses|швейцарских франк", "CHF"),
)
UNITS_SAID = (
    (re.compile(r"\bmillions?\b|\bmio\b|\bmillones\b|\bмлн\b|\bмиллион", re.IGNORECASE), 1_000_000),
    (re.compile(r"\bthousands?\b|['’]000\b|\b000s\b|\bmilliers\b|\bmiles de\b|\bтыс", re.IGNORECASE), 1_000),
)
TOTAL = re.compile(r"(?:grand |over)?totals?\b.*|totaux\b.*|sum\b.*|suma\b.*|somme\b.*|итого\b.*|всего\b.*|gesamt\b.*|summe\b.*", re.IGNORECASE)
SUBTOTAL = re.compile(
    r"sub-?\s?totals?\b.*|.*\bsub-?total\b.*|sous-?\s?total\b.*|total (?:partiel|parcial)\b.*|подытог\b.*|промежуточный итог\b.*", re.IGNORECASE
)

# The first words decide where a text holds several.
MEASURES_SAID = {
    "final appropriation": "final_appropriation",
    "revised appropriation": "revised_appropriation",
    "appropriation": "appropriation",
    "crédits ouverts": "appropriation",
    "crédits révisés": "revised_appropriation",
    "consignacion": "appropriation",
    "ассигнования": "appropriation",
    "expenditure": "expenditure",
    "dépense": "expenditure",
    "gasto": "expenditure",
    "расход": "expenditure",
    "spent": "expenditure",
    "actual": "expenditure",
    "estimate": "estimate",
    "смета": "estimate",
    "allotment": "allotment",
    "commitment": "commitment",
    "expense": "expense",
}
# How tables of the United Nations name and abbreviate sources of funds, as normalised words.
FUNDS_SAID = {
    "xb": "extrabudgetary",
    "rb": "regular_budget",
    "voluntary": "extrabudgetary",
    "assessed": "regular_budget",
    "da": "development_account",
    "trust funds": "trust_fund",
    "budget ordinaire": "regular_budget",
    "presupuesto ordinario": "regular_budget",
    "регулярный бюджет": "regular_budget",
    "extrabudgetary resources": "extrabudgetary",
    "extrabudgétaire": "extrabudgetary",
    "ressources extrabudgétaires": "extrabudgetary",
    "extrapresupuestario": "extrabudgetary",
    "recursos extrapresupuestarios": "extrabudgetary",
    "внебюджетные средства": "extrabudgetary",
    "внебюджетные ресурсы": "extrabudgetary",
    "compte pour le développement": "development_account",
    "cuenta para el desarrollo": "development_account",
    "счет развития": "development_account",
    "fonds d affectation spéciale": "trust_fund",
    "fondos fiduciarios": "trust_fund",
    "целевые фонды": "trust_fund",
}
MOVEMENTS_SAID = {
    "pledged": "pledge",
    "pledges": "pledge",
    "received": "contribution",
    "paid": "contribution",
    "contributions": "contribution",
    "refunds": "refund_to_donor",
    "refunded": "refund_to_donor",
    "expenses": "expense",
    "interest": "investment_revenue",
}

# Separators between the entries of lists in one cell.
SEPARATORS = (";", ",", "/", " and ", " et ", " y ", " и ", "&", "\n")
# Words that stand where nothing is known.
NOTHING_SAID = ("n/a", "N/A", "n.a.", "na", "NA", "..", "...", "…", "–", "—", "-", "nil", "Nil", "s.o.", "s/d", "н/д", "нет данных")

# What deliverers call these columns, as normalised words.
OTHER_NAMES = {
    "entity": (
        *("agency", "organization", "organisation", "department", "reporting entity", "entité", "organisme", "entidad", "organismo"),
        *("организация", "учреждение", "структура", "подразделение"),
    ),
    "fiscal_year": ("year", "calendar year", "financial year", "budget year", "année", "exercice", "año", "ejercicio", "год", "финансовый год"),
    "amount": (
        *("value", "amount usd", "total", "expenditure", "expenses", "montant", "dépenses", "monto", "importe", "gastos", "сумма", "расходы", "объем"),
        *("valeur", "valor"),
    ),
    "funding_source": (
        *(
            "source type",
            "source of funds",
            "source of funding",
            "funding type",
            "fund type",
            "source de financement",
            "source des fonds",
            "fuente de financiamiento",
        ),
        *("fuente de fondos", "fuente", "источник финансирования", "источник средств", "источник"),
    ),
    "budget_section": ("section", "section id", "budget section", "chapitre", "sección", "раздел"),
    "recipients": (
        *("country", "countries", "beneficiary", "beneficiaries", "beneficiary countries", "recipient country", "pays", "pays bénéficiaire", "país"),
        *("países", "país beneficiario", "страна", "страны", "страна получатель"),
    ),
    "title": ("project title", "project name", "name", "titre", "título", "название", "наименование"),
    "project_id": ("project", "project number", "project code", "project no", "projet", "proyecto", "проект"),
    "start_date": ("start", "date from", "from date", "begin", "from", "date", "début", "date de début", "inicio", "fecha de inicio", "дата начала", "начало"),
    "end_date": ("end", "date to", "to date", "to", "fin", "date de fin", "fecha de fin", "дата окончания", "окончание"),
    "transaction_date": ("date", "posting date", "value date", "fecha", "дата"),
    "subprogramme": (
        *("division", "programme", "subprogram", "sous programme", "programa", "subprograma", "подпрограмма", "программа"),
        *("sub programme",),
    ),
    "fund_name": ("fund", "trust fund"),
    "contributor": ("donor", "donors", "donateur", "bailleur", "donante", "донор"),
    "currency": ("devise", "monnaie", "moneda", "валюта"),
    "series": ("indicator code", "indicator", "series code"),
    "country": ("country code", "iso3", "country name", "pays", "país", "страна"),
    "participants_women": ("of which women", "women", "female"),
}


def normal(name: str) -> str:
    """The words of a name, in lower case, without punctuation: `FundingSource` and `funding_source` are `funding source`."""
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold()))


def without_unit(name: str) -> str:
    """A header without what stands in brackets at its end, which is mostly a unit."""
    return re.sub(r"\s*[(\[].*[)\]]\s*$", "", name) or name


def code_said(text: str, column: str, codes: tuple[str, ...], *, inside: bool = False) -> str | None:
    """The code of a contract's column that a text means: itself, in words, or as deliverers say it; None where it says none.

    Args:
        text: a header or a cell.
        column: `funding_source`, `measure` or `movement`; of any other only the codes themselves are known.
        codes: the column's code list.
        inside: whether a measure may be named by a part of the text, as headers and titles do: `Revised appropriation for the year`.
    """
    words = normal(without_unit(text))
    if not words:
        return None
    listed = {normal(code): code for code in codes}
    said = {"funding_source": FUNDS_SAID, "movement": MOVEMENTS_SAID}.get(column, {})
    found = listed.get(words) or listed.get(words.removesuffix("s")) or said.get(words)
    if found is None and column == "measure":
        spoken = (code for word, code in MEASURES_SAID.items() if (word in text.casefold() if inside else words.removesuffix("s") == normal(word)))
        found = next(spoken, None)
    return found if found in codes else None
