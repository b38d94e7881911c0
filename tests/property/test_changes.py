"""After any change, a release built from the one before equals one built from nothing, table for table."""

import pytest
from changes import Builder, sequence
from pipeline import Pipeline


@pytest.fixture(scope="module")
def builder(first_release, tmp_path_factory) -> Builder:
    """Builds with the statements that dbt executed for a release of two rows."""
    return Builder(Pipeline(first=first_release.home, folder=tmp_path_factory.mktemp("builds")), tmp_path_factory.mktemp("changes"))


@pytest.mark.parametrize(("seed", "changes"), [(1, 3)])
def test_a_release_built_from_the_one_before_equals_one_built_from_nothing(builder, seed, changes):
    told = list(sequence(builder, seed, changes))
    assert [(word, tables) for word, _, tables in told if tables] == []
    assert any(carried for _, carried, _ in told), "nothing was ever carried over"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_many_sequences_of_changes(builder, seed):
    told = list(sequence(builder, seed, 4))
    assert [(word, tables) for word, _, tables in told if tables] == []
