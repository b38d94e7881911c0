from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.judging.splits import SplitError, parse_split, split_amount, split_violation, split_weights

amounts = st.integers(-(10**18), 10**18)
weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=12).filter(any)


def test_stated_shares_are_read():
    assert [(part.label, part.stated_pct) for part in parse_split("KG:60|TJ:40")] == [("KG", Decimal(60)), ("TJ", Decimal(40))]


def test_no_shares_mean_equal_parts():
    assert [part.share for part in parse_split("KG|TJ|UZ")] == [Fraction(1, 3)] * 3


def test_a_label_alone_is_the_whole():
    (part,) = parse_split("GLOBAL")
    assert (part.label, part.stated_pct, part.share) == ("GLOBAL", None, 1)


def test_thirds_written_with_two_decimals_are_thirds():
    assert [part.share for part in parse_split("1:33.33|2:33.33|3:33.33")] == [Fraction(1, 3)] * 3


def test_blanks_and_per_cent_signs_do_not_matter():
    assert parse_split(" KG : 60 % | TJ:40%") == parse_split("KG:60|TJ:40")


@pytest.mark.parametrize("text", ["KG:60|TJ:39", "KG:60|TJ:40.02", "KG:99", "KG:0"])
def test_shares_that_do_not_add_to_100_break_split_sum(text):
    assert split_violation(text) == "split_sum"


@pytest.mark.parametrize("text", ["KG:60|TJ:40.01", "KG:60|TJ:39.99", "KG:100|TJ:0"])
def test_shares_within_a_hundredth_of_100_are_accepted(text):
    assert split_violation(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "KG|",
        "KG|KG",
        "KG:60|TJ",
        "KG:-10|TJ:110",
        "KG:abc",
        "KG:1e2",
        "KG:NaN|TJ:1",
        ":100",
        "KG:33.12345678901|TJ:66.87654321099",
        "KG:٦٠|TJ:٤٠",
        "KG:１００",
    ],
)
def test_what_cannot_be_read_says_so(text):
    with pytest.raises(SplitError) as error:
        parse_split(text)
    assert error.value.rule == "split_unreadable"


def test_a_third_is_a_third_of_a_cent_amount():
    assert split_amount(100, [1, 1, 1]) == [33, 34, 33]


@given(amounts, weights)
def test_parts_add_to_the_amount_exactly(cents, weights):
    assert sum(split_amount(cents, weights)) == cents


@given(amounts, weights)
def test_each_part_is_within_a_cent_of_its_share(cents, weights):
    for part, weight in zip(split_amount(cents, weights), weights, strict=True):
        assert abs(part - Fraction(cents * weight, sum(weights))) <= 1


@given(amounts, weights)
def test_a_refund_mirrors_its_payment(cents, weights):
    assert split_amount(-cents, weights) == [-part for part in split_amount(cents, weights)]


@given(amounts, weights, st.integers(1, 1000))
def test_only_proportions_matter(cents, weights, factor):
    assert split_amount(cents, weights) == split_amount(cents, [weight * factor for weight in weights])


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_weights_that_divide_nothing_are_refused(weights):
    with pytest.raises(ValueError):
        split_amount(100, weights)


def test_weights_of_stated_shares_are_exact():
    assert split_weights(parse_split("KG:33.3333333|TJ:66.6666667")) == [333333333, 666666667]


def test_a_share_finer_than_the_models_divide_by_is_refused():
    assert split_violation("KG:33.3333333|TJ:66.6666667") is None
    assert split_violation("KG:33.33333333|TJ:66.66666667") == "split_unreadable"
