import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import settings
from pipelines.contracts.place_names import CLDR_LANGUAGES, cldr_names, known_names
from pipelines.contracts.seeds import read_seed
from pipelines.judging.places import KnownPlaces, place_labels, read_places

KNOWN = KnownPlaces(settings.SEEDS)
OFFICIAL = [(row["country"], row["name"]) for row in read_seed(settings.SEEDS, "country_names")]
ALIASES = [(row["country"], row["label"]) for row in read_seed(settings.SEEDS, "country_aliases")]


def read(label):
    (row,) = place_labels(read_places([label], KNOWN)).rows()
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


@pytest.mark.parametrize(
    ("place", "labels"),
    {
        "KG": "Кыргызстан|Киргизия|Kirghizistan|Kirguistán|Kirguistan|قيرغيزستان|吉尔吉斯斯坦|KYRGYZSTAN|Kirgisistan|the Kyrgyz Republic",
        "BY": "Belarús|Belarus|Bielorrusia|Biélorussie|Беларусь|Белоруссия|Білорусь",
        "TJ": "Tadjikistan|Tayikistán|Таджикистан|Tadschikistan",
        "GB": "UK|U.K.|uk|United Kingdom|Royaume-Uni|The United Kingdom of Great Britain and Northern Ireland",
        "US": "USA|U.S.A.|US|the United States|The  United States of America|États-Unis|Etats-Unis",
        "CI": "Côte d’Ivoire|Cote d'Ivoire|CÔTE D'IVOIRE|Ivory Coast|Elfenbeinküste",
        "GM": "Gambia (the)|Gambie (la)|The Gambia",
        "KR": "Republic of Korea|South Korea|Corée du Sud",
        "KP": "Democratic People’s Republic of Korea|DPRK",
        "NL": "Netherlands|Netherlands (Kingdom of the)|Holland",
        "MK": "North Macedonia|FYROM|The former Yugoslav Republic of Macedonia",
    }.items(),
)
def test_a_country_is_read_by_what_people_call_it(place, labels):
    assert {label: read(label)[0] for label in labels.split("|")} == dict.fromkeys(labels.split("|"), place)


@pytest.mark.parametrize(("label", "others"), [("Korea", ("KP", "KR")), ("Корея", ("KP", "KR")), ("corée", ("KP", "KR")), ("Virgin Islands", ("VG", "VI"))])
def test_a_name_of_several_countries_is_none_of_them(label, others):
    place = KNOWN.read(label)
    assert (place.place, place.place_kind, place.read_as, place.others) == ("UNKNOWN", "unknown", "ambiguous", others)


@pytest.mark.parametrize(
    ("label", "place", "others"), [("Congo", "CG", ("CD",)), ("congo (the)", "CG", ("CD",)), ("Guinée", "GN", ("GQ", "GW", "PG")), ("Georgia", "GE", ())]
)
def test_an_official_name_is_itself_and_says_what_it_is_taken_for(label, place, others):
    read = KNOWN.read(label)
    assert (read.place, read.others) == (place, others)


def test_every_official_name_of_every_language_is_its_own_country():
    assert [(name, country, KNOWN.read(name)) for country, name in OFFICIAL if KNOWN.read(name).place != country] == []


def test_every_alias_is_its_country_or_said_ambiguous():
    for country, label in ALIASES:
        place = KNOWN.read(label)
        assert place.place == country or (place.read_as == "ambiguous" and country in place.others), label


def test_every_name_of_cldr_is_its_country_or_said_ambiguous_unless_an_official_name_says_otherwise():
    countries = {row["country"] for row in read_seed(settings.SEEDS, "countries")}
    other = {(name, code, KNOWN.read(name).place) for name, code in cldr_names() if code in countries and KNOWN.read(name).place != code}
    assert {(name, code) for name, code, place in other if place != "UNKNOWN"} == {("Конго", "CD")}
    assert all(KNOWN.read(name).read_as == "ambiguous" for name, _, place in other if place == "UNKNOWN")
    assert len(CLDR_LANGUAGES) > 15


@given(st.sampled_from(OFFICIAL), st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from(["{}", "the {}", " {} ", "{} (the)"]))
def test_how_a_name_is_written_does_not_matter(official, written, around):
    country, name = official
    assert KNOWN.read(around.format(written(name)).replace("'", "’").replace(" ", "  ")).place == country


def test_official_names_of_every_member_are_there_in_all_six_languages():
    named = {(row["country"], row["language"]) for row in read_seed(settings.SEEDS, "country_names")}
    countries = {country for country, _ in named}
    assert len(countries) >= 195 and named == {(country, language) for country in countries for language in ("ar", "en", "es", "fr", "ru", "zh")}
    for row in read_seed(settings.SEEDS, "countries"):
        if row["un_regional_group"] and not row["valid_to"]:
            assert (row["country"], "ar") in named or row["country"].startswith("X"), row["name"]


def test_the_nearest_known_name_is_told():
    assert KNOWN.nearest("Armania") == "Armenia (AM)"
    assert KNOWN.nearest("Узбекистон") == "Узбекистан (UZ)"
    assert KNOWN.nearest("Xqwzt") == ""


def test_names_with_separators_in_them_are_known_to_lists():
    assert known_names() >= {
        "bosnia and herzegovina",
        "босния и герцеговина",
        "bosnia & herzegovina",
        "economic and social commission for asia and the pacific",
    }


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


@pytest.mark.parametrize("label", ["Atlantis", "12", "ZZ", "", " ", "the "])
def test_what_nobody_knows_is_unknown(label):
    assert read(label) == ("UNKNOWN", "unknown", "none")


def test_a_name_that_means_several_countries_is_unknown():
    assert read("Niger and Mali") == ("UNKNOWN", "unknown", "none")


def test_no_seeds_leave_only_special_words(tmp_path):
    assert place_labels(read_places(["KG", "Kenya", "GLOBAL"], KnownPlaces(tmp_path)))["read_as"].to_list() == ["special", "none", "none"]
