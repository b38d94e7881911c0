"""Mappings with anything in the place of anything end in a message or in a load, never in a traceback, and within bounds."""

import random
import re
import signal

import pytest
import yaml

from pipelines import settings
from pipelines.landing.one_file import judge_file
from pipelines.landing.tables import tables_of_file
from pipelines.mapping.load import COLUMN_WORDS, FILE_WORDS, TABLE_WORDS, load_mappings
from pipelines.shapes.delivery import Delivery
from pipelines.shapes.errors import FileViolation, MappingError, UnreadableDelivery

PAGE = (settings.PROJECT / "docs" / "mapping.md").read_text(encoding="utf-8")
MAPPINGS = re.findall(r"^```yaml mapping\n((?:.*\n)*?)```$", PAGE, re.MULTILINE)
DELIVERY = "Programme,Year,Amount,2021,Division,Where\nTransport,2023,10,5,a,KG 60%; TJ 40%\nTrade,2022,1 234,x,b,\n,,,,,\nTotal,,30,,,\n"
# Far beyond what any of them takes on a slow machine.
SECONDS = 120
NASTY = (
    "", "null", "~", "0", "-1", "1", "9" * 40, "1e400", "NaN", "Programme", "Amount", "true", "\0", "\ud7ff", "😀" * 50, "x" * 5000,
    "(a+)+$", "(a|a)*b", "(?P<x>.*)*", "(" * 50, "[", r"(a{1000}){1000}", r"(?=x)", r"\p{L}+", "(?i)" * 300, ".*" * 400, "A1", "ZZZ9999999",
    "../../../etc/passwd", "/etc/passwd", "%s%n", "${x}", "*", "^.*$", "_source_row", "{}", "[]",
)  # fmt: skip


def value(chance, depth=0):
    kind = chance.random()
    if kind < 0.6 or depth > 3:
        return chance.choice(NASTY)
    if kind < 0.8:
        return [value(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    keys = (*TABLE_WORDS, *FILE_WORDS, *COLUMN_WORDS, "matches", "not", "on", "cell", "pattern", "until", "after", *NASTY[:12])
    return {chance.choice(keys): value(chance, depth + 1) for _ in range(chance.randint(0, 4))}


def mutated(chance, node):
    """The same with one place of it replaced, removed or doubled."""
    if isinstance(node, dict) and node and chance.random() < 0.8:
        key = chance.choice(list(node))
        kind = chance.random()
        if kind < 0.1:
            return {one: node[one] for one in node if one != key}
        if kind < 0.2:
            return {**node, chance.choice(NASTY): node[key]}
        return {**node, key: mutated(chance, node[key])}
    if isinstance(node, list) and node and chance.random() < 0.7:
        place = chance.randrange(len(node))
        return [*node[:place], mutated(chance, node[place]), *node[place + 1 :]]
    return value(chance)


def check(seed, folder, path):
    chance = random.Random(seed)
    said = yaml.load(chance.choice(MAPPINGS), yaml.BaseLoader)
    for _ in range(chance.randint(1, 4)):
        said = mutated(chance, said)
    mapping = folder / "m.yml"
    mapping.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8", errors="replace")
    delivery = Delivery(source="subprogramme_allocations", source_file="d.csv", path=path, sha256="0" * 64)
    signal.alarm(SECONDS)
    try:
        for one, words in tables_of_file(delivery, load_mappings(mapping, folder)):
            judge_file(one, words, folder / "parts")
    except (MappingError, UnreadableDelivery, FileViolation) as error:
        assert str(error).strip()
    finally:
        signal.alarm(0)


def run(seeds, folder):
    path = folder / "d.csv"
    path.write_text(DELIVERY)
    for seed in seeds:
        try:
            check(seed, folder, path)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error


def test_mutated_mappings_end_in_a_message_or_a_load(tmp_path):
    run(range(150), tmp_path)


@pytest.mark.parametrize("name", ["a\0b.csv", "x" * 300 + ".csv", "circle/a.csv", "../a.csv", ""])
def test_file_of_values_that_cannot_be_there_is_told(tmp_path, name):
    (tmp_path / "circle").symlink_to("circle")
    mapping = tmp_path / "m.yml"
    mapping.write_text(yaml.safe_dump({"columns": {"entity": {"from": "Entity", "values_file": name}}}))
    with pytest.raises(MappingError, match="values_file"):
        load_mappings(mapping, tmp_path)


@pytest.mark.slow
def test_twenty_thousand_mutated_mappings_end_in_a_message_or_a_load(tmp_path):
    run(range(1000, 21000), tmp_path)
