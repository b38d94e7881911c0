"""Percentages that keep proportions exactly, as the reader divides by them."""

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.exports.iati.percentages import percentages
from pipelines.judging.splits import parse_split, split_weights


def test_a_single_weight_needs_no_percentage():
    assert percentages([7]) == [None]


def test_percentages_have_as_few_decimals_as_their_proportions_need():
    assert percentages([60, 40]) == ["60", "40"]
    assert percentages([1, 1, 1, 1, 1, 1, 1, 1]) == ["12.5"] * 8
    assert percentages([3333, 6667]) == ["33.33", "66.67"]


def test_a_third_is_written_so_that_it_reads_back_as_a_third():
    assert percentages([1, 1, 1]) == ["33.333333"] * 3


def test_shares_of_seven_decimals_keep_them():
    assert percentages([333333333, 666666667]) == ["33.3333333", "66.6666667"]


def test_a_weight_of_nothing_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        percentages([1, 0])


def has_the_proportions_of(weights):
    written = [Decimal(share) for share in percentages(weights)]
    assert [Fraction(share) / Fraction(sum(written)) for share in written] == [Fraction(weight, sum(weights)) for weight in weights]
    assert abs(sum(written) - 100) <= Decimal("0.01")
    assert all(-share.as_tuple().exponent <= 7 for share in written)


@given(st.lists(st.integers(1, 40), min_size=2, max_size=60))
@settings(max_examples=200, deadline=None)
def test_equal_and_merged_parts_keep_their_proportions(weights):
    has_the_proportions_of(weights)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_whatever_split_notation_accepts_keeps_its_proportions(cuts):
    marks = sorted({cut % 10**9 for cut in cuts} | {0, 10**9})
    shares = [Decimal(upper - lower).scaleb(-7) for lower, upper in itertools.pairwise(marks)]
    weights = split_weights(parse_split("|".join(f"{label}:{share:f}" for label, share in zip("ABCDEFG", shares, strict=False))))
    if len(weights) > 1:
        has_the_proportions_of(weights)
