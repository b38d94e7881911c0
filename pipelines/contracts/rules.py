"""What rules mean that many sources share: severity and remedy, told to whoever delivered the row.

Rules of one source stand in its module. A remedy may use `{column}` and `{codes}`.
"""

from __future__ import annotations

from pipelines.contracts.columns import Rule

SHARED_RULES: dict[str, Rule] = {
    # the file
    "missing_column": Rule(severity="critical", remedy="add the column, or name the column that holds it in a mapping file beside the delivery"),
    "extra_column": Rule(
        severity="warning", remedy="nothing is lost for the contract; name the column in the mapping file if it belongs to one of its columns"
    ),
    "no_rows": Rule(severity="warning", remedy="the file has a header and no row below it: nothing to do if that is meant, else deliver it with its rows"),
    # the cell
    "required": Rule(severity="error", remedy="fill in `{column}`; the contract requires it"),
    "unreadable_number": Rule(
        severity="error",
        remedy="write a plain number such as 1234.56 with the digits 0 to 9; other separators go into the mapping file under `numbers`; "
        "a dash behind the decimal mark (1000.-) could be a minus or no cents: write 1000 or -1000; NaN and infinity are no amounts",
    ),
    "unreadable_date": Rule(severity="error", remedy="write an existing day as YYYY-MM-DD, or name its format in the mapping file under `dates`"),
    "unreadable_year": Rule(severity="error", remedy="write 2023, 2018/19 (July to June), 2018-2019 (biennium) or 2017-2020 (several years)"),
    "unreadable_period": Rule(
        severity="error", remedy="write the period as 2023, 2023-S1 (half-year), 2023-Q1, 2023-05 or 2023-05-17; years from 1945 to 2099 are accepted"
    ),
    "unreadable_flag": Rule(severity="error", remedy="write yes or no"),
    "not_in_code_list": Rule(severity="error", remedy="use one of: {codes}; or translate the delivery's words in the mapping file under `values`"),
    "unknown_currency": Rule(severity="error", remedy="use the ISO 4217 code in capitals, for example USD, EUR, CHF"),
    "date_out_of_range": Rule(severity="error", remedy="correct the date; days from 1945-01-01 to 2099-12-31 are accepted"),
    "year_out_of_range": Rule(severity="error", remedy="correct the year; 1945 to 2100 are accepted"),
    "amount_too_large": Rule(severity="error", remedy="check the unit; amounts below 10,000,000,000,000,000 (16 digits before the point) are accepted"),
    "too_precise": Rule(severity="warning", remedy="loaded after rounding half to even at the last decimal kept; deliver the rounded amount to silence this"),
    "currency_sign_differs": Rule(
        severity="error", remedy="the sign or code beside the amount is not of the row's currency: correct the amount or the currency"
    ),
    "number_footnotes": Rule(
        severity="warning",
        remedy="signs of footnotes behind numbers of this column were taken away, as the mapping says; this is the first: read what they mean",
    ),
    "below_minimum": Rule(severity="error", remedy="correct the figure; it cannot be negative"),
    "count_too_large": Rule(severity="error", remedy="check the figure and its unit; counts below 1,000,000,000 are accepted"),
    "not_positive": Rule(severity="error", remedy="correct the figure; it must be above zero"),
    "split_unreadable": Rule(
        severity="error",
        remedy="write `KG:60|TJ:40` with percentages of at most seven decimals, or `KG|TJ` for equal parts; each part once, all or none with a share",
    ),
    "split_sum": Rule(severity="error", remedy="correct the shares; they must add to 100 within 0.01"),
    # the row
    "citation_missing": Rule(
        severity="error", column="source_symbol", remedy="a row with record_basis `published` needs `source_symbol` or `source_address`: cite the document"
    ),
    "end_before_start": Rule(severity="error", remedy="correct one of the two dates; the end lies before the start"),
    "period_needed": Rule(severity="error", column="period_start", remedy="a `multi_year` period needs `period_start` and `period_end`"),
    "currency_needed": Rule(severity="error", column="currency", remedy="name the currency of the amount"),
    # the set
    "duplicate_key": Rule(severity="error", remedy="keep one row per key: which of the rows is right can only be told by the deliverer"),
    "overlapping_validity": Rule(
        severity="error",
        remedy="two rows speak of the same on the same day, and which of them is right can only be told by the deliverer: end the earlier one with `valid_to` "
        "(the first day after it), or keep one",
    ),
    "contradicts_shipped": Rule(
        severity="warning",
        remedy="the row is loaded and does not count, the shipped one does: where that is wrong or has ended, correct its line in data/seeds, with its source",
    ),
    "unknown_project": Rule(
        severity="warning",
        remedy="deliver the project, or correct the project_id; the row is loaded, but what only its project tells (entity, funding source, splits) is unknown",
    ),
    "unknown_entity": Rule(
        severity="warning",
        remedy="correct the code, or deliver the entity under `entities`; the row is loaded, and the marts show it under the code as it stands here",
    ),
    "unknown_subprogramme": Rule(
        severity="warning",
        remedy="correct the code, or deliver the structure under `subprogrammes`; the row is loaded, and the marts show it under UNKNOWN, or under its code "
        "where the delivery says the name (`subprogramme_name`); `raw` keeps the code",
    ),
    "unknown_priority_area": Rule(
        severity="warning",
        remedy="correct the code, or add it to data/seeds/priority_areas.csv; the row is loaded, and the marts show it under UNKNOWN; `raw` keeps the code",
    ),
    "unknown_place": Rule(
        severity="warning",
        remedy="correct the name, or add it to data/seeds/country_aliases.csv; the row is loaded, and the marts show it under UNKNOWN; `raw` keeps the name",
    ),
    "ambiguous_place": Rule(
        severity="warning",
        remedy="write which of them is meant, by its code or its whole name; the row is loaded, and the marts show it under UNKNOWN; `raw` keeps the name",
    ),
    "easily_confused_place": Rule(
        severity="warning",
        remedy="this is the official short name of that country, and is read so; write the code, or the whole name, if another one is meant",
    ),
    "future_edition": Rule(
        severity="warning",
        column="as_of",
        remedy="the edition is dated after the day that the release speaks for: it is loaded and does not count; correct `as_of`, or run with a later day",
    ),
    "unknown_partner": Rule(
        severity="warning",
        remedy="correct the code, or add it to data/seeds/partners.csv; the row is loaded, and the marts show the partner under UNKNOWN; `raw` keeps the code",
    ),
    "unknown_function": Rule(
        severity="warning",
        remedy="correct the code, or add the programme's function to data/seeds/mandates.csv; the row is loaded, and the marts show it under UNKNOWN",
    ),
    "unknown_series": Rule(
        severity="warning",
        remedy="correct the code, or add the series to data/seeds/warning_thresholds.csv; the row is loaded, but nothing is said about it in early_warning",
    ),
    "overlapping_deliveries": Rule(
        severity="warning", remedy="both are loaded and add up; if one corrects the other, name the old one under `supersedes` in the new one's mapping file"
    ),
    "several_accounting_bases": Rule(
        severity="warning", remedy="one book holds a figure on one accounting basis; correct it, or use a book of its own for the other basis"
    ),
}
