"""Numbers and dates as people write them."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.mapping.values import NumberStyle, date_format, parse_date, parse_number, parse_rate

GERMAN = NumberStyle(decimal=",", thousands=".")
ENGLISH = NumberStyle(decimal=".", thousands=",")
FRENCH = NumberStyle(decimal=",", thousands=" ")
SWISS = NumberStyle(decimal=".", thousands="'")


def number(text, style=None):
    found = pl.select(parse_number(pl.lit(text, dtype=pl.String), style)).item()
    return None if found is None else Decimal(found)


def day(text, *formats):
    return pl.select(parse_date(pl.lit(text, dtype=pl.String), [date_format(words) for words in formats])).item()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.56", "1234.56"),
        ("-5", "-5"),
        ("+5", "5"),
        (" 5 ", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0.12345678901", "0.12345678901"),
        ("(5.25)", "-5.25"),
        ("( 5 )", "-5"),
        ("−5", "-5"),
        ("–5", "-5"),
        ("- 5", "-5"),
        ("5-", "-5"),
    ],
)
def test_plain_numbers_are_read_without_a_mapping(text, value):
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        *("1,234", "1.234,56", "1,234.56", "1 234", "1'234", "1.234.567", "1,5", "1_000"),
        *("NaN", "inf", "Infinity", "1e5", "0x1", "USD 5", "$5", "5%", "five"),
        *("", "-", "()", "(-5)", "--5", "-5-", ".", None),
    ],
)
def test_what_could_mean_two_things_or_nothing_is_no_number(text):
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("1.234,56", GERMAN, "1234.56"),
        ("1.234", GERMAN, "1234"),
        ("12,5", GERMAN, "12.5"),
        ("-1.234.567,8", GERMAN, "-1234567.8"),
        ("1,234.56", ENGLISH, "1234.56"),
        ("(1,234)", ENGLISH, "-1234"),
        ("1234.5", ENGLISH, "1234.5"),
        ("1 234,5", FRENCH, "1234.5"),
        ("1\u00a0234\u202f567,5", FRENCH, "1234567.5"),
        ("1'234.5", SWISS, "1234.5"),
        ("1’234.5", SWISS, "1234.5"),
        ("1234", FRENCH, "1234"),
    ],
)
def test_separators_of_the_mapping_are_read(text, style, value):
    assert number(text, style) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "style"),
    [("1.23", GERMAN), ("1234.56", GERMAN), ("1.234.56", GERMAN), ("1,23", ENGLISH), ("12,34,567", ENGLISH), ("1234,567", ENGLISH), ("1,234", NumberStyle())],
)
def test_separators_in_the_wrong_place_are_refused(text, style):
    assert number(text, style) is None


DASHES = ["-", "\u2212", "\u2013", "\u2014", "\u2010", "\u2012", "\ufe63", "\uff0d"]


@pytest.mark.parametrize("dash", DASHES)
@pytest.mark.parametrize(
    ("text", "style"),
    [
        *(("1000.", style) for style in (None, ENGLISH, SWISS)),
        *(("1000,", style) for style in (None, ENGLISH, GERMAN, FRENCH)),
        *(("1'000.", style) for style in (None, SWISS)),
        *(("1’000.", style) for style in (None, SWISS)),
        *(("1.000,", style) for style in (None, GERMAN)),
        *(("1 000,", style) for style in (None, FRENCH)),
        ("1000. ", None),
        ("1000 .", None),
        ("1000 . ", None),
        ("1'000,\u00a0", NumberStyle(decimal=",", thousands="'")),
        ("0.", None),
        ("(1000.", None),
        ("-1000.", None),
    ],
)
def test_a_dash_behind_a_decimal_mark_is_no_minus(text, style, dash):
    assert number(text + dash, style) is None and number(text + dash + dash, style) is None


@pytest.mark.parametrize(
    ("text", "value"), [("500-", "-500"), ("500 -", "-500"), ("500.25-", "-500.25"), ("1'500.25–", "-1500.25"), ("(500.)", "-500"), ("500.", "500")]
)
def test_a_minus_behind_a_digit_stays_one(text, value):
    assert number(text, SWISS) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "style"),
    [("0,421", ENGLISH), ("0.421", GERMAN), ("0 421,5", FRENCH), ("00,421", ENGLISH), ("012,345", ENGLISH), ("-0,421", ENGLISH), ("0'421", SWISS)],
)
def test_no_group_of_thousands_begins_with_nothing(text, style):
    assert number(text, style) is None


@pytest.mark.parametrize("text", ["٣٠٠", "۳۰۰", "१२३", "１２３", "1２3", "²", "½", "①", "Ⅳ", "٣.٥", "-٣", "٣e-5", "1,٣٠٠"])
def test_digits_of_other_scripts_are_no_number(text):
    for style in (None, ENGLISH, GERMAN):
        assert number(text, style) is None
    assert pl.select(parse_rate(pl.lit(text))).item() is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15), st.sampled_from([GERMAN, ENGLISH, FRENCH, SWISS]))
@settings(deadline=None)
def test_a_number_written_in_a_style_is_read_back(value, style):
    text = f"{value:,.4f}".translate(str.maketrans({",": style.thousands, ".": style.decimal}))
    assert number(text, style) == value


@given(st.text(st.sampled_from("0123456789.,-–() '٣３²"), max_size=10))
@settings(deadline=None)
def test_whatever_is_read_casts_to_a_decimal(text):
    for style in (None, GERMAN, ENGLISH, FRENCH):
        found = pl.select(parse_number(pl.lit(text), style)).to_series()
        assert found.cast(pl.Decimal(28, 10)).null_count() == found.null_count()
        if found.item() is not None and found.item().startswith("-"):
            assert text.strip().startswith(("-", "–", "(")) or text.rstrip(" -–")[-1:].isdigit()


@pytest.mark.parametrize("text", ["2004-02-29", "2004-02-29T13:05:00", "2004-02-29 00:00", "2004-02-29T13:05:00.123456Z", "2004-02-29T13:05:00+02:00"])
def test_iso_dates_need_no_mapping(text):
    assert day(text) == date(2004, 2, 29) == day(text, "DD.MM.YYYY")


@pytest.mark.parametrize("text", ["29.02.2004", "02/03/2004", "2004", "2004-02-30", "2023-02-29", "20040229", "2004-02-29 later", "", None])
def test_other_dates_are_not_guessed(text):
    assert day(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("29.02.2004", "DD.MM.YYYY"),
        ("29.2.2004", "D.M.YYYY"),
        ("02/29/2004", "MM/DD/YYYY"),
        ("29 Feb 2004", "D MMM YYYY"),
        ("29 February 2004", "D MMMM YYYY"),
        ("29.02.04", "DD.MM.YY"),
        ("29.02.2004 13:05", "DD.MM.YYYY hh:mm"),
        ("29|02|2004", "%d|%m|%Y"),
    ],
)
def test_dates_are_read_in_the_mappings_format(text, words):
    assert day(text, words) == date(2004, 2, 29)


def test_a_day_that_does_not_exist_is_no_date():
    assert day("31.02.2004", "DD.MM.YYYY") is None


def test_the_first_format_that_fits_decides():
    assert day("03/02/2004", "DD/MM/YYYY", "MM/DD/YYYY") == date(2004, 2, 3)
    assert day("03/13/2004", "DD/MM/YYYY", "MM/DD/YYYY") == date(2004, 3, 13)


@pytest.mark.parametrize(("text", "found"), [("2004", date(2004, 1, 1)), ("2004-02-29", date(2004, 2, 29)), ("204", None), ("20040", None), ("20O4", None)])
def test_a_year_alone_is_its_first_day_where_the_mapping_says_so(text, found):
    assert day(text, "YYYY") == found


@pytest.mark.parametrize("words", ["YY", "MM/YYYY", "dates", ""])
def test_a_format_needs_day_month_and_year(words):
    with pytest.raises(ValueError, match="day, month and year"):
        date_format(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1er mars 2024", "D MMMM YYYY"),
        ("1 de marzo de 2024", "D MMMM YYYY"),
        ("1 марта 2024 г.", "D MMMM YYYY"),
        ("01 March 2024", "D MMMM YYYY"),
        ("1 MARS 2024", "D MMMM YYYY"),
        ("1-мар-2024", "D-MMM-YYYY"),
        ("Mar 1, 2024", "MMM D, YYYY"),
    ],
)
def test_months_are_read_by_their_names_in_four_languages(text, words):
    assert str(pl.select(parse_date(pl.lit(text), [date_format(words)])).item()) == "2024-03-01"


@pytest.mark.parametrize("text", ["1 Smarch 2024", "31 avril 2024", "1 mar 24 2024"])
def test_what_is_no_month_is_no_date(text):
    assert pl.select(parse_date(pl.lit(text), [date_format("D MMMM YYYY")])).item() is None


@pytest.mark.parametrize("text", ["1,234 (a)", "1,234(b)", "1,234¹⁾", "1,234 ²)"])
def test_signs_of_footnotes_in_brackets_are_taken_away(text):
    assert pl.select(parse_number(pl.lit(text), NumberStyle(thousands=",", footnotes=True))).item() == "1234"
