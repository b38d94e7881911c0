import pytest

from pipelines import settings
from pipelines.judging.places import read_places


def read(label):
    (row,) = read_places([label], settings.SEEDS).rows()
    assert row[0] == label
    return row[1:]


@pytest.mark.parametrize(
    ("label", "place", "read_as"),
    [
        ("KG", "KG", "alpha2"),
        ("kgz", "KG", "alpha3"),
        ("Kyrgyzstan", "KG", "name"),
        ("NA", "NA", "alpha2"),
        ("Namibia", "NA", "name"),
        ("Czech Republic", "CZ", "name"),
        ("Côte d'Ivoire", "CI", "name"),
    ],
)
def test_a_country_is_read_by_code_or_name(label, place, read_as):
    assert read(label) == (place, "country", read_as)


@pytest.mark.parametrize("code", ["CS", "SU", "YU", "XK"])
def test_codes_of_states_that_are_no_more_stay_what_they_are(code):
    assert read(code) == (code, "country", "alpha2")


def test_a_group_is_never_a_country():
    assert read("SPECA") == ("SPECA", "country_group", "group")


@pytest.mark.parametrize(
    ("label", "place", "kind"),
    [
        ("GLOBAL", "GLOBAL", "global"),
        ("interregional", "INTERREGIONAL", "global"),
        ("UNALLOCATED", "UNALLOCATED", "unallocated"),
        ("UNKNOWN", "UNKNOWN", "unknown"),
    ],
)
def test_words_for_everywhere_and_nowhere_are_special(label, place, kind):
    assert read(label) == (place, kind, "special")


@pytest.mark.parametrize("label", ["Atlantis", "12", "ZZ"])
def test_what_nobody_knows_is_unknown(label):
    assert read(label) == ("UNKNOWN", "unknown", "none")


def test_a_name_that_means_several_countries_is_unknown():
    assert read("Niger and Mali") == ("UNKNOWN", "unknown", "none")


def test_no_seeds_leave_only_special_words(tmp_path):
    assert read_places(["KG", "GLOBAL"], tmp_path)["read_as"].to_list() == ["special", "none"]
