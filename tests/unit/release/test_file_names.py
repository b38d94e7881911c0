"""Names of files: one for every code, on every file system."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.release.files import RESERVED_NAMES, file_name

ODD = ["A/B", "A-B", "a-b", "A.B", "A B", "A.", "A", "a", "INDEX", "index", "CON", "É", "é", "", "-", "/", "X" * 300, "X" * 301, "A_B", "ece", "ECE", "Ece"]


def test_ordinary_codes_name_themselves():
    assert [file_name(code) for code in ("ECE", "XM-DAC-41314", "GB-GOV-1")] == ["ece", "xm-dac-41314", "gb-gov-1"]
    assert file_name("CENTRAL_ASIA", joint="_") == "central-asia" and file_name("A/75/6", joint="/") == "a-75-6"


def test_codes_that_look_alike_have_names_of_their_own():
    names = [file_name(code) for code in ODD]
    assert len({name.lower() for name in names}) == len(ODD)


@given(st.lists(st.one_of(st.text(), st.sampled_from(ODD), st.text("ABab-./_ ", max_size=6)), unique=True), st.sampled_from("-_/"))
def test_every_code_has_a_name_of_its_own(codes, joint):
    names = [file_name(code, joint=joint) for code in codes]
    assert len({name.lower() for name in names}) == len(codes)
    assert all(len(name) <= 100 and name not in RESERVED_NAMES and name.strip("-_./ ") and name == name.lower() for name in names)
