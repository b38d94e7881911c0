import subprocess
import sys
from dataclasses import replace

import pytest

from pipelines.landing.deliveries import HashCache, count_once, departed, discover, find, fingerprint, leave_out, named, supersede
from pipelines.release.fingerprint import stamps_of
from pipelines.shapes.delivery import Delivery, PastDelivery
from pipelines.shapes.errors import ConfigurationError, UnknownDelivery


def put(root, name, text="x"):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def raw(tmp_path):
    root = tmp_path / "raw"
    root.mkdir()
    return root


def found(raw):
    return discover(raw, HashCache(raw.parent / "home" / "landing" / "hashes.json"))


def delivery(source_file, sha="a" * 64):
    return Delivery(source=source_file.partition("/")[0], source_file=source_file, path=None, sha256=sha)


def test_deliveries_are_found_at_any_depth(raw):
    put(raw, "missions/2004/spring/m.csv")
    (deliveries, strays) = found(raw)
    assert [one.source_file for one in deliveries] == ["missions/2004/spring/m.csv"] and not strays


@pytest.mark.parametrize("name", ["m.csv.mapping.yml", "_mapping.yml", "README.md", "README", ".hidden.csv", "m.csv.provenance.yml", "~$m.xlsx"])
def test_what_lies_beside_deliveries_is_none(raw, name):
    put(raw, "missions/m.csv")
    put(raw, f"missions/{name}")
    assert [one.source_file for one in found(raw)[0]] == ["missions/m.csv"]


UNDER_WAY = ["q.csv.part", "q.FILEPART", "q.csv.Tmp", "q.csv.crdownload", "q.xlsx.download", ".~lock.q.ods#", "~$Q.XLSX", ".q.csv.swp", "q.csv.SWP", "q.Part"]


@pytest.mark.parametrize("name", UNDER_WAY)
def test_transfers_under_way_are_neither_deliveries_nor_strays(raw, name):
    put(raw, "missions/m.csv")
    before = fingerprint(raw, raw.parent / "home")
    put(raw, f"missions/{name}")
    put(raw, name)
    deliveries, strays = found(raw)
    assert [one.source_file for one in deliveries] == ["missions/m.csv"] and strays == []
    assert fingerprint(raw, raw.parent / "home") == before


def test_a_folder_of_a_transfer_is_left_alone(raw):
    put(raw, "missions/m.csv")
    put(raw, "missions/q.csv.download/q.csv")
    put(raw, "q.csv.download/q.csv")
    deliveries, strays = found(raw)
    assert [one.source_file for one in deliveries] == ["missions/m.csv"] and strays == []


def test_a_folder_that_is_no_source_is_named_and_does_not_stop_the_others(raw):
    put(raw, "missions/m.csv")
    put(raw, "surveys/a.xml")
    put(raw, "loose.csv")
    deliveries, strays = found(raw)
    assert len(deliveries) == 1 and [stray.source_file for stray in strays] == ["loose.csv", "surveys"]


def test_a_raw_root_without_any_delivery_is_a_configuration_error(raw):
    put(raw, "missions/README.md")
    with pytest.raises(ConfigurationError, match="no delivery here"):
        found(raw)


def test_a_raw_root_that_does_not_exist_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigurationError, match="does not exist"):
        find(tmp_path / "nowhere")


def test_the_same_content_twice_in_one_source_is_set_aside_at_its_later_path(raw):
    put(raw, "missions/b.csv")
    put(raw, "missions/a.csv")
    put(raw, "deliverables/a.csv")
    once = count_once(found(raw)[0])
    assert {one.source_file: one.status for one in once} == {"missions/a.csv": "loaded", "missions/b.csv": "set_aside", "deliverables/a.csv": "loaded"}


def test_the_same_content_under_another_mapping_is_another_table():
    plain = Delivery(source="missions", source_file="missions/a.csv", path=None, sha256="aa")
    mapped = replace(plain, source_file="missions/b.csv", mapping="m")
    twice = replace(mapped, source_file="missions/c.csv")
    assert [(one.status, one.same_as) for one in count_once([plain, mapped, twice])] == [("loaded", None), ("loaded", None), ("set_aside", "missions/b.csv")]
    assert replace(plain, mapping="m").delivery_id != plain.delivery_id


def test_a_link_to_a_folder_elsewhere_is_followed_and_one_back_up_is_not(raw):
    put(raw.parent, "share/2024/m.csv")
    put(raw.parent, "share/2024/_mapping.yml", "missing: [x]")
    (raw / "missions").symlink_to(raw.parent / "share")
    (raw.parent / "share" / "back").symlink_to(raw.parent / "share")
    (raw.parent / "share" / "nowhere.csv").symlink_to(raw.parent / "gone.csv")
    assert {one.source_file: (one.status, one.rule) for one in found(raw)[0]} == {
        "missions/2024/m.csv": ("loaded", None),
        "missions/back": ("set_aside", "unreadable_folder"),
        "missions/nowhere.csv": ("set_aside", "unreadable_file"),
    }
    before, stamps = fingerprint(raw, raw.parent / "home"), stamps_of(raw)
    put(raw.parent, "share/2024/_mapping.yml", "missing: [y, z]")
    assert fingerprint(raw, raw.parent / "home") != before and stamps_of(raw) != stamps


DISCOVER = """
import sys
from pathlib import Path
from pipelines.landing.deliveries import HashCache, discover, fingerprint
raw, home = map(Path, sys.argv[1:])
for one in discover(raw, HashCache(home / "hashes.json"))[0]:
    print(one.source_file, one.status, one.rule)
print(fingerprint(raw, home))
"""


@pytest.fixture
def found_without_permission(raw, obeying_permissions):
    """found_without_permission(path, mode) -> lines of what is found while a path has that mode, and then the fingerprint."""

    def find_with(path, mode):
        before = path.stat().st_mode
        path.chmod(mode)
        command = [*obeying_permissions, sys.executable, "-c", DISCOVER, str(raw), str(raw.parent / "home")]
        try:
            return subprocess.run(command, text=True, capture_output=True, check=True).stdout.splitlines()
        finally:
            path.chmod(before)

    return find_with


@pytest.mark.parametrize("mode", [0o000, 0o300])
def test_a_folder_that_may_not_be_listed_is_set_aside(raw, found_without_permission, mode):
    put(raw, "missions/m.csv")
    put(raw, "missions/closed/n.csv", "y")
    *lines, closed = found_without_permission(raw / "missions" / "closed", mode)
    assert lines == ["missions/m.csv loaded None", "missions/closed set_aside unreadable_folder"]
    assert closed != fingerprint(raw, raw.parent / "home")


def test_files_in_a_folder_that_may_be_listed_but_not_entered_are_set_aside(raw, found_without_permission):
    put(raw, "missions/m.csv")
    put(raw, "missions/closed/n.csv", "y")
    *lines, _ = found_without_permission(raw / "missions" / "closed", 0o400)
    assert lines == ["missions/closed/n.csv set_aside unreadable_file", "missions/m.csv loaded None"]


def test_a_file_without_permission_is_set_aside(raw, found_without_permission):
    path = put(raw, "missions/m.csv")
    put(raw, "missions/n.csv", "y")
    *lines, closed = found_without_permission(path, 0o000)
    assert lines == ["missions/m.csv set_aside unreadable_file", "missions/n.csv loaded None"]
    assert closed != fingerprint(raw, raw.parent / "home")


def test_a_raw_root_without_permission_is_a_configuration_error(raw, found_without_permission):
    put(raw, "missions/m.csv")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        found_without_permission(raw, 0o000)
    assert "ConfigurationError" in failed.value.stderr and "may not be read" in failed.value.stderr


def test_an_id_depends_on_source_path_and_content():
    ids = {delivery("missions/a.csv").delivery_id, delivery("missions/b.csv").delivery_id, delivery("missions/a.csv", "b" * 64).delivery_id}
    assert len(ids) == 3 and all(len(one) == 16 for one in ids)


def test_a_hash_is_remembered_until_the_file_changes(raw):
    path = put(raw, "missions/m.csv")
    memory = raw.parent / "hashes.json"
    first = HashCache(memory)
    before = first.sha256(path)
    first.save()
    put(raw, "missions/m.csv", "longer")
    assert HashCache(memory).sha256(path) != before


def test_a_corrected_file_supersedes_the_one_it_names():
    old, new, other = delivery("missions/draft.csv"), delivery("missions/final.csv", "b" * 64), delivery("missions/other.csv", "c" * 64)
    result = supersede([old, new, other], {"missions/final.csv": ("draft*.csv",)})
    assert [one.status for one in result] == ["superseded", "loaded", "loaded"] and "missions/final.csv" in result[0].message


def test_a_delivery_never_supersedes_itself():
    (only,) = supersede([delivery("missions/final.csv")], {"missions/final.csv": ("*.csv",)})
    assert only.status == "loaded"


def test_of_two_that_name_each_other_the_later_path_stays():
    result = supersede([delivery("missions/1.csv"), delivery("missions/2.csv", "b" * 64)], {"missions/1.csv": ("*.csv",), "missions/2.csv": ("*.csv",)})
    assert [one.status for one in result] == ["superseded", "loaded"]


def past(source_file, sha, status="loaded"):
    one = delivery(source_file, sha)
    return PastDelivery(delivery_id=one.delivery_id, source=one.source, source_file=source_file, source_sha256=sha, status=status, message="")


def test_the_same_path_with_new_content_supersedes_the_old_delivery():
    (line,) = departed([delivery("missions/a.csv", "b" * 64)], [past("missions/a.csv", "a" * 64)])
    assert line["status"] == "superseded" and line["source_sha256"] == "a" * 64


def test_a_path_that_is_gone_is_withdrawn_and_stays_so():
    (line,) = departed([], [past("missions/a.csv", "a" * 64)])
    assert line["status"] == "withdrawn"
    (again,) = departed([], [past("missions/a.csv", "a" * 64, "withdrawn")])
    assert again["status"] == "withdrawn"


def test_a_file_that_came_back_is_no_longer_withdrawn():
    assert departed([delivery("missions/a.csv", "a" * 64)], [past("missions/a.csv", "a" * 64, "withdrawn")]) == []


def test_the_fingerprint_follows_content_mappings_and_names(raw):
    home = raw.parent / "home"
    put(raw, "missions/m.csv")
    prints = [fingerprint(raw, home)]
    put(raw, "missions/m.csv.mapping.yml", "missing: [x]")
    prints.append(fingerprint(raw, home))
    (raw / "missions" / "m.csv.mapping.yml").rename(raw / "missions" / "_mapping.yml")
    prints.append(fingerprint(raw, home))
    put(raw, "missions/m.csv", "other")
    prints.append(fingerprint(raw, home))
    assert len(set(prints)) == 4 and fingerprint(raw, home) == prints[-1]


def test_delivery_is_left_out_by_id_or_file_wherever_its_content_lies(raw):
    for name, text in {"missions/a.csv": "a", "missions/b.csv": "a", "missions/c.csv": "c", "missions/travel 2024.csv": "t"}.items():
        put(raw, name, text)
    home = raw.parent / "home"
    (by_file,) = named(raw, home, ["missions/a.csv"], " wrong year ")
    assert named(raw, home, [by_file.delivery_id], "wrong year") == [by_file] and by_file.reason == "wrong year"
    deliveries, _ = discover(raw, HashCache(home / "landing" / "hashes.json"))
    told = {one.source_file: (one.status, one.rule, one.same_as) for one in leave_out(count_once(deliveries), [by_file])}
    assert told["missions/a.csv"] == told["missions/b.csv"] == ("set_aside", "left_out", None)
    assert told["missions/c.csv"][0] == "loaded"
    with pytest.raises(UnknownDelivery, match=r"nearest: missions/travel 2024\.csv"):
        named(raw, home, ["missions/travel 2025.csv"], "x")
    with pytest.raises(UnknownDelivery, match=r"nearest: missions/c\.csv"):
        named(raw, home, ["c.csv"], "x")
    with pytest.raises(UnknownDelivery, match="no delivery would be left"):
        named(raw, home, ["missions/a.csv", "missions/c.csv", "missions/travel 2024.csv"], "x")
    put(raw, "missions/a.csv", "another")
    with pytest.raises(UnknownDelivery, match="has changed"):
        leave_out(discover(raw, HashCache(home / "landing" / "hashes.json"))[0], [by_file])
