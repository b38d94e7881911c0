"""Numbers and dates as people write them, as polars expressions. Nothing is guessed: what could mean two things means neither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from pipelines.contracts.codes import CURRENCIES

# Signs of minus that documents print: minus, en dash, small and full-width hyphen-minus.
_MINUS = {"\u2212": "-", "\u2013": "-", "\ufe63": "-", "\uff0d": "-"}
_SPACES = "\u0020\u00a0\u2009\u202f"
_THOUSANDS = {**dict.fromkeys(_SPACES, f"[{_SPACES}]"), "'": "['\u2019]", "\u2019": "['\u2019]"}
# Signs of footnotes behind a number: `1,234 a/`, `1,234 a/ b/`, `1,234*`, `1 234¹`, `1 234¹⁾`, `1,234 [2]`, `1,234 (a)`.
_FOOTNOTES = r"^(.*?[0-9)\-])\s*(?:(?:\s[a-z]{1,2}/)+|[*†‡§]+|⁽?[⁰¹²³⁴⁵⁶⁷⁸⁹]+[⁾)]?|\s?\[[0-9a-z]{1,2}\]|\s?\([a-z]\))$"
# A minus behind a number follows a digit: behind a decimal mark a dash stands for the cents that there are none of (`1000.-`, `1000,–`).
_SIGNED = r"^(?:\(\s*([^()+\-]+?)\s*\)|[+\-]?\s*([^()+\-]+?)|([^()+\-]*[0-9])\s*-)$"
# What stands for a currency beside a number, in capitals, and the currencies that it may mean. A dollar alone may be any.
DOLLARS = (
    *("USD", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "FJD", "GYD", "HKD", "JMD"),
    *("KYD", "LRD", "NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD", "XCD", "ZWD", "ZWL"),
)
CURRENCY_SIGNS: dict[str, tuple[str, ...]] = {
    **{code: (code,) for code in CURRENCIES},
    "US$": ("USD",), "U$S": ("USD",), "$": DOLLARS, "A$": ("AUD",), "AU$": ("AUD",), "C$": ("CAD",), "CA$": ("CAD",), "CAN$": ("CAD",), "NZ$": ("NZD",),
    "HK$": ("HKD",), "S$": ("SGD",), "R$": ("BRL",), "€": ("EUR",), "£": ("GBP", "EGP", "FKP", "GIP", "LBP", "SDG", "SHP", "SSP", "SYP"),
    "¥": ("JPY", "CNY"), "₽": ("RUB",), "₴": ("UAH",), "₸": ("KZT",), "₺": ("TRY",), "₾": ("GEL",), "֏": ("AMD",), "₼": ("AZN",), "₹": ("INR",),
    "₩": ("KRW", "KPW"), "₪": ("ILS",), "₫": ("VND",), "₦": ("NGN",), "₱": ("PHP",), "₡": ("CRC",), "₲": ("PYG",), "₵": ("GHS",), "฿": ("THB",),
    "₮": ("MNT",), "៛": ("KHR",), "₭": ("LAK",), "৳": ("BDT",), "؋": ("AFN",), "FR.": ("CHF",), "SFR.": ("CHF",), "KR": ("SEK", "NOK", "DKK", "ISK"),
    "ZŁ": ("PLN",), "KČ": ("CZK",), "FT": ("HUF",), "LEI": ("RON", "MDL"), "ЛВ": ("BGN",), "ЛВ.": ("BGN",), "РУБ.": ("RUB",), "SOM": ("KGS",),
}  # fmt: skip
_SIGN = "|".join(sorted(map(re.escape, CURRENCY_SIGNS), key=len, reverse=True))
# The sign stands before the digits (`US$ 5`, `-€5`, `(CHF 5)`) or behind them (`5 €`, `5 USD`, `(5 EUR)`).
SIGN_BEFORE = rf"(?i)^([(+\-\u2212\u2013]?)\s*({_SIGN})\s*([(+\-\u2212\u2013]?\s*[0-9.,].*)$"
SIGN_BEHIND = rf"(?i)^(.*[0-9.,)\-\u2212\u2013])\s*({_SIGN})(\)?)$"
# Months in French, Spanish and Russian, in full and as they are shortened, as the formats with names of months read them.
_MONTHS = {
    **dict.fromkeys(("janvier", "enero", "января", "январь"), "january"),
    **dict.fromkeys(("février", "fevrier", "febrero", "февраля", "февраль"), "february"),
    **dict.fromkeys(("mars", "marzo", "марта", "март"), "march"),
    **dict.fromkeys(("avril", "abril", "апреля", "апрель"), "april"),
    **dict.fromkeys(("mayo", "mai", "мая", "май"), "may"),
    **dict.fromkeys(("juin", "junio", "июня", "июнь"), "june"),
    **dict.fromkeys(("juillet", "julio", "июля", "июль"), "july"),
    **dict.fromkeys(("août", "aout", "agosto", "августа", "август"), "august"),
    **dict.fromkeys(("septembre", "septiembre", "setiembre", "сентября", "сентябрь"), "september"),
    **dict.fromkeys(("octobre", "octubre", "октября", "октябрь"), "october"),
    **dict.fromkeys(("novembre", "noviembre", "ноября", "ноябрь"), "november"),
    **dict.fromkeys(("décembre", "decembre", "diciembre", "декабря", "декабрь"), "december"),
    **{"janv": "jan", "ene": "jan", "янв": "jan", "févr": "feb", "fév": "feb", "фев": "feb", "мар": "mar", "avr": "apr", "abr": "apr", "апр": "apr"},
    **{"июн": "jun", "juil": "jul", "июл": "jul", "ago": "aug", "авг": "aug", "sept": "sep", "сент": "sep", "сен": "sep", "окт": "oct"},
    **{"нояб": "nov", "ноя": "nov", "déc": "dec", "dic": "dec", "дек": "dec"},
}
_MONTH_WORD = re.compile(r"[^\W\d_]+\.?")
_DATE_WORDS = {"YYYY": "%Y", "YY": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d", "hh": "%H", "mm": "%M", "ss": "%S"}


@dataclass(frozen=True, kw_only=True)
class NumberStyle:
    """How numbers are written: `1.234,56` has the decimal separator `,` and the thousands separator `.`.

    Attributes:
        decimal: one character, `.` unless told otherwise.
        thousands: one character or None: none is allowed. A space stands for every kind of space, an apostrophe for both.
        percent: whether a percent sign is taken away; the number stays.
        currency_signs: whether a currency's sign or code beside a number is read.
        footnotes: whether signs of footnotes behind a number are taken away.
    """

    decimal: str = "."
    thousands: str | None = None
    percent: bool = False
    currency_signs: bool = False
    footnotes: bool = False


def parse_number(column: pl.Expr, numbers: NumberStyle | None = None) -> pl.Expr:
    """The number in a text, as plain text that casts to a decimal; NULL where there is none.

    Minus may stand before or behind the number, be any kind of dash, or be brackets: `(1,234)`. Behind a decimal mark a dash is no minus and
    the text no number: `1000.-` are a thousand francs in Switzerland and minus a thousand nowhere. Thousands separators count only where the
    style names one, and only between groups of three of which the first does not begin with 0, so that `1,234` is neither 1.234 nor 1234
    without a mapping, and `0,421` is never 421. Currency signs, percent signs and footnotes are no part of a number unless the style reads
    them; exponents, digits of other scripts, NaN and infinities are no numbers here.

    Args:
        column: texts.
        numbers: the style of the mapping.
    """
    style = numbers or NumberStyle()
    column = without_marks(column, style)
    decimal = re.escape(style.decimal)
    # `\d` would be a digit of any script here.
    fraction = r"(\.[0-9]+)?" if style.decimal == "." else ""
    plain = column.str.contains(rf"^-?[0-9]+{fraction}$")
    # Nearly all texts are plain; the careful reading sees only the others.
    text = pl.when(~plain).then(column).str.strip_chars().str.replace_many(_MINUS)
    body = pl.coalesce(text.str.extract(_SIGNED, group) for group in (1, 2, 3))
    separator = _THOUSANDS.get(style.thousands or "", re.escape(style.thousands or ""))
    grouped = rf"[1-9][0-9]{{0,2}}(?:{separator}[0-9]{{3}})+|" if style.thousands else ""
    body = pl.when(body.str.contains(rf"^(?:(?:{grouped}[0-9]+)(?:{decimal}[0-9]*)?|{decimal}[0-9]+)$")).then(body)
    if style.thousands:
        body = body.str.replace_all(separator, "")
    if style.decimal != ".":
        body = body.str.replace(style.decimal, ".", literal=True)
    negative = text.str.contains(r"^[(\-]|-$")
    careful = pl.when(negative).then(pl.lit("-") + body).otherwise(body)
    return pl.when(plain).then(column).otherwise(careful)


def without_marks(column: pl.Expr, style: NumberStyle) -> pl.Expr:
    """The texts without what a style reads beside a number: signs of footnotes, currencies, percent."""
    if style.footnotes:
        column = pl.coalesce(column.str.extract(_FOOTNOTES, 1), column)
    if style.currency_signs:
        column = pl.coalesce(pl.format("{}{}", column.str.extract(SIGN_BEFORE, 1), column.str.extract(SIGN_BEFORE, 3)), column)
        column = pl.coalesce(pl.format("{}{}", column.str.extract(SIGN_BEHIND, 1), column.str.extract(SIGN_BEHIND, 3)), column)
    return column.str.replace(r"\s*%$", "") if style.percent else column


def has_footnote(column: pl.Expr) -> pl.Expr:
    """Whether a sign of a footnote stands behind a number."""
    return column.str.contains(_FOOTNOTES)


def currency_sign(column: pl.Expr, style: NumberStyle) -> pl.Expr:
    """The sign or code of a currency beside a number, in capitals; NULL where there is none."""
    text = pl.coalesce(column.str.extract(_FOOTNOTES, 1), column) if style.footnotes else column
    return pl.coalesce(text.str.extract(SIGN_BEFORE, 2), text.str.extract(SIGN_BEHIND, 2)).str.to_uppercase()


def scaled(number: pl.Expr, scale: str, *, negate: bool) -> pl.Expr:
    """Plain number texts times a decimal number, exactly, and with the other sign where `negate`.

    Args:
        number: as `parse_number` gives them; with more than 38 digits NULL.
        scale: a decimal number as text, not zero.
    """
    factor = Decimal(scale)
    places = max(-int(factor.as_tuple().exponent), 0)
    integer = int(factor.scaleb(places))
    digits = number.str.replace_all(r"[-.]", "").cast(pl.Int128, strict=False) * pl.lit(abs(integer)).cast(pl.Int128)
    decimals = pl.coalesce(number.str.extract(r"\.([0-9]*)$", 1).str.len_bytes(), 0).cast(pl.Int64) + places
    # As many noughts before the digits as could be needed, then the point that many places from the end.
    padded = pl.concat_str(pl.lit("0" * 60), digits.cast(pl.String))
    before = padded.str.slice(0, padded.str.len_bytes().cast(pl.Int64) - decimals).str.strip_chars_start("0")
    behind = padded.str.slice(padded.str.len_bytes().cast(pl.Int64) - decimals).str.strip_chars_end("0")
    whole = pl.when(before == "").then(pl.lit("0")).otherwise(before)
    text = pl.when(behind == "").then(whole).otherwise(pl.format("{}.{}", whole, behind))
    is_negative = number.str.starts_with("-") != ((integer < 0) != negate)
    return pl.when(is_negative & (text != "0")).then(pl.lit("-") + text).otherwise(text)


def inverted(number: pl.Expr) -> pl.Expr:
    """One divided by a positive plain number, rounded half up at the twelfth decimal, exactly; NULL for anything else.

    Rate services print units per dollar; the warehouse keeps dollars per unit.
    """
    digits = number.str.replace(".", "", literal=True).cast(pl.Int128, strict=False)
    decimals = pl.coalesce(number.str.extract(r"\.([0-9]*)$", 1).str.len_bytes(), 0).cast(pl.Int64)
    # Twelve decimals of 1 / (digits / 10^decimals), doubled to round.
    power = pl.format("2{}", pl.lit("0" * 40).str.slice(0, decimals + 12)).cast(pl.Int128, strict=False)
    usable = pl.when((digits > 0) & (decimals <= 24)).then(digits)
    quotient = ((power + usable) // (usable * pl.lit(2).cast(pl.Int128))).cast(pl.String)
    padded = pl.concat_str(pl.lit("0" * 13), quotient)
    whole = padded.str.slice(0, padded.str.len_bytes().cast(pl.Int64) - 12).str.strip_chars_start("0")
    text = pl.format("{}.{}", pl.when(whole == "").then(pl.lit("0")).otherwise(whole), padded.str.tail(12))
    return text.str.strip_chars_end("0").str.strip_chars_end(".")


def parse_rate(column: pl.Expr, numbers: NumberStyle | None = None) -> pl.Expr:
    """As `parse_number`, and the exponents in which programs write very small rates, written out digit by digit: `2.380952380952381e-05` rial.

    A float of a program has up to seventeen digits, whatever its size; which of them count is for the type of the column to say.
    """
    text = column.str.strip_chars()
    separator = re.escape((numbers or NumberStyle()).decimal)
    parts = text.str.extract_groups(rf"^([0-9]+)(?:{separator}([0-9]+))?[eE]([+-]?[0-9]{{1,2}})$")
    whole, fraction, exponent = parts.struct[0], parts.struct[1].fill_null(""), parts.struct[2].cast(pl.Int64, strict=False)
    # The point stands behind the whole part; the exponent moves it through noughts on both sides.
    noughts = pl.lit("0" * 100)
    point = 100 + whole.str.len_bytes().cast(pl.Int64) + exponent
    digits = pl.concat_str(noughts, whole, fraction, noughts)
    before, after = digits.str.slice(0, point).str.strip_chars_start("0"), digits.str.slice(point).str.strip_chars_end("0")
    written_out = pl.when(exponent.is_not_null()).then(
        pl.concat_str(
            pl.when(before == "").then(pl.lit("0")).otherwise(before),
            pl.when(after == "").then(pl.lit("")).otherwise(pl.concat_str(pl.lit("."), after)),
        )
    )
    return pl.coalesce(written_out, parse_number(column, numbers))


YEAR_ALONE = "%Y"


def date_format(words: str) -> str:
    """The strptime format behind `DD.MM.YYYY`, `D MMM YYYY`, `MM/DD/YY hh:mm`; a text with `%` is taken as it is.

    `YYYY` alone is a year of which the delivery says no day: its first one stands for it.

    Raises:
        ValueError: day, month or year is missing.
    """
    if words == "YYYY":
        return YEAR_ALONE
    found = words
    if "%" not in words:
        found = re.sub("|".join(_DATE_WORDS), lambda match: _DATE_WORDS[match.group()], words)
    if not all(re.search(part, found) for part in ("%Y|%y|%F|%D", "%m|%b|%B|%F|%D", "%d|%e|%F|%D")):
        raise ValueError("day, month and year, such as DD.MM.YYYY or D MMM YYYY")
    return found


def parse_date(column: pl.Expr, formats: Sequence[str] = ()) -> pl.Expr:
    """The date in a text; NULL where there is none (31.02. is none).

    ISO dates are always read (with a time of day too, which is dropped); others only in the given formats, the first that fits. Formats with
    names of months read these in English, French, Spanish and Russian: `1er mars 2024`, `5 de marzo de 2024`, `6 марта 2024 г.`.

    Args:
        column: texts without white space around them.
        formats: strptime formats, as `date_format` gives them.
    """
    # Without the memory of days already read, which costs twice what it saves where days are written like this.
    iso = column.str.strptime(pl.Date, "%Y-%m-%d", strict=False, cache=False)
    # Longer than a day is what holds a time of day; only formats of a mapping need a second look at the others, and it is cheaper not to take it.
    rest = pl.when(iso.is_null() if formats else column.str.len_bytes() > 10).then(column)
    stamp = rest.str.extract(r"^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
    tried = [stamp.str.strptime(pl.Date, "%Y-%m-%d", strict=False)]
    for form in formats:
        if form == YEAR_ALONE:
            tried.append(pl.date(rest.str.extract(r"^(\d{4})$").cast(pl.Int32, strict=False), 1, 1))
            continue
        text = _months_in_english(rest) if "%b" in form or "%B" in form else rest
        if "%H" in form:
            tried.append(text.str.strptime(pl.Datetime("us"), form, strict=False).dt.date())
        else:
            tried.append(text.str.strptime(pl.Date, form, strict=False))
    return pl.coalesce(iso, *tried)


def _months_in_english(text: pl.Expr) -> pl.Expr:
    """Texts of dates with the names of months in English and without the small words around them; each distinct one is read once."""
    return text.map_batches(_each_in_english, return_dtype=pl.String, is_elementwise=True)


def _each_in_english(texts: pl.Series) -> pl.Series:
    distinct = texts.drop_nulls().unique().to_list()
    return texts.replace(distinct, [_in_english(one) for one in distinct]) if distinct else texts


def _in_english(text: str) -> str:
    words = re.sub(r"(?i)\s+(?:г\.?|года)$", "", re.sub(r"(?i)^1er\b", "1", re.sub(r"(?i)\s+del?\s+", " ", text)))
    return _MONTH_WORD.sub(lambda found: _MONTHS.get(found[0].casefold().rstrip("."), found[0]), words)
