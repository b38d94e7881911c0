import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import settings
from pipelines.contracts.seeds import read_seed
from pipelines.judging.entities import KnownEntities, read_entities

KNOWN = KnownEntities(settings.SEEDS)
CODES = [row["entity"] for row in read_seed(settings.SEEDS, "entities")]
NAMES = [(row["entity"], row["name"]) for seed in ("entities", "entity_names") for row in read_seed(settings.SEEDS, seed)]


@pytest.mark.parametrize(
    ("entity", "labels"),
    {
        "ECE": "ECE|ece|UNECE|ECONOMIC COMMISSION FOR EUROPE|the Economic Commission for  Europe|Commission économique pour l’Europe",
        "ESCAP": "UNESCAP|UN ESCAP|Economic and Social Commission for Asia and the Pacific|ЭСКАТО|Economic Commission for Asia and the Far East",
        "ECLAC": "Economic Commission for Latin America|ECLA|CEPAL|UNECLAC",
        "DGC": "Department of Public Information",
        "UN-HABITAT": "UN-HABITAT|UN Habitat|United Nations Human Settlements Programme",
        "UN-Habitat": "UN-Habitat",
    }.items(),
)
def test_an_entity_is_read_by_code_or_by_any_of_its_names(entity, labels):
    assert {label: KNOWN.read(label) for label in labels.split("|")} == dict.fromkeys(labels.split("|"), entity)


def test_every_code_is_its_own_entity_and_every_name_that_of_one():
    assert [code for code in CODES if KNOWN.read(code) != code] == []
    # two books print two codes for the one mechanism, under one name
    assert {entity for entity, name in NAMES if KNOWN.read(name) != entity} == {"MICT", "IRMCT"}


@given(st.sampled_from([named for named in NAMES if KNOWN.read(named[1])]), st.sampled_from([str.upper, str.lower, str.title]))
def test_how_a_name_is_written_does_not_matter(named, written):
    entity, name = named
    label = written(name)
    assert KNOWN.read(f"The  {label}") == entity or KNOWN.read(label) in CODES


@pytest.mark.parametrize("label", ["NOBODY", "", " ", "Europe", "sasg-cyp"])
def test_what_nobody_knows_or_means_two_is_none(label):
    assert KNOWN.read(label) is None


def test_what_is_nearest_is_told():
    assert KNOWN.hint("Economic Comission for Europe") == "the nearest known name is Economic Commission for Europe (ECE)"
    assert KNOWN.hint("UNNECE").startswith("the nearest known name is UNECE (ECE)")
    assert KNOWN.hint("ESCAPE") == "the nearest known name is ESCAP"
    assert KNOWN.hint("sasg-cyp") == "it may mean SASG-CYP, SASG-Cyp: write the code as it stands there"
    assert KNOWN.hint("xyzzy 123") == ""


def test_a_list_has_the_codes_of_those_that_are_known():
    assert read_entities(["UNECE | unescap|OSCE", "UNECE", "OSCE"], KNOWN).rows() == [
        ("OSCE", None, "OSCE"),
        ("UNECE", "ECE", "ECE"),
        ("UNECE | unescap|OSCE", None, "ECE|ESCAP|OSCE"),
    ]


def test_no_seeds_know_nobody(tmp_path):
    assert KnownEntities(tmp_path).read("ECE") is None and KnownEntities(tmp_path).hint("ECE") == ""


def test_delivered_entities_are_known_by_their_names_and_shipped_names_stay():
    known = KnownEntities(
        settings.SEEDS, [("ACME", "Acceptance Agency", "Old Agency | Older Agency", None), ("ECE", "Economic Commission for Europe", None, "Geneva commission")]
    )
    assert [known.read(label) for label in ("acme", "acceptance agency", "OLDER AGENCY", "geneva commission", "UNECE")] == [
        "ACME",
        "ACME",
        "ACME",
        "ECE",
        "ECE",
    ]
