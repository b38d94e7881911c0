"""What made a kept part is all in its name: a part of older code is made again."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import makers
from pipelines.iati import activity_pass
from pipelines.judging.row_pass import part_name
from pipelines.shapes.delivery import Delivery

LOADED = """
import sys
from pathlib import Path
import pipelines
from pipelines.landing import land
room = Path(pipelines.__file__).parent
for name, module in sorted(sys.modules.items()):
    file = getattr(module, "__file__", None)
    if file and Path(file).is_relative_to(room):
        print(Path(file).relative_to(room).as_posix())
"""


def test_every_module_that_landing_loads_is_hashed():
    loaded = subprocess.run([sys.executable, "-c", LOADED], text=True, capture_output=True, check=True).stdout.split()
    hashed = {file.relative_to(makers.ROOM).as_posix() for file in makers.files()}
    assert len(loaded) > 30 and set(loaded) <= hashed


@pytest.fixture
def room(tmp_path):
    """A copy of what is hashed."""
    for file in makers.files():
        copy = tmp_path / "pipelines" / file.relative_to(makers.ROOM)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    return tmp_path / "pipelines"


CHANGED = ["reading/parts.py", "reading/records.py", "iati/archive.py", "contracts/rules.py", "contracts/iati_codelists.csv", "storage.py"]


@pytest.mark.parametrize("changed", CHANGED)
def test_whatever_changes_there_changes_the_hash(room, changed):
    before = makers.digest_of(room)
    assert before == makers.digest_of(makers.ROOM)
    with (room / changed).open("a") as file:
        file.write("#")
    assert makers.digest_of(room) != before


def test_a_new_module_changes_the_hash(room):
    before = makers.digest_of(room)
    (room / "reading" / "new").mkdir()
    (room / "reading" / "new" / "format.py").write_text("")
    assert makers.digest_of(room) != before


def test_parts_of_other_code_have_other_names(monkeypatch):
    delivery = Delivery(source="missions", source_file="missions/a.csv", path=Path("a.csv"), sha256="aa")
    names = part_name(delivery, None), activity_pass.part_name(delivery)
    monkeypatch.setattr(makers, "digest", lambda: "f" * 64)
    assert part_name(delivery, None) != names[0] and activity_pass.part_name(delivery) != names[1]
