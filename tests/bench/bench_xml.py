"""How much reading activity files costs, as a ratio to a floor measured in the same run.

    python tests/bench/bench_xml.py [--megabytes 500] [--single 2000] [--keep DIR]

The floor is expat without handlers: XML checked for being well-formed, and nothing kept. The warehouse makes of the same files typed Parquet
tables, with every rule applied. The files are generated at the density of publishers' real ones: 10 to 14 KB and 9 to 13 transactions an
activity. CPU is that of a process and its workers; memory is the largest resident set of one process. Prints one table; nothing passes or fails.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

WORDS = [
    "water", "supply", "governance", "transport", "energy", "statistics", "housing", "forest", "trade", "environment", "river", "basin", "training",
    "seminar", "advisory", "mission", "capacity", "building", "national", "regional", "programme", "implementation", "monitoring", "evaluation",
    "convention", "protocol", "ministry", "region", "district", "partner", "agreement", "support",
]  # fmt: skip
COUNTRIES = ("KG", "TJ", "UZ", "KZ", "TM", "AM", "GE", "AZ", "MD", "UA", "AL", "MK", "SN", "UG", "CO", "NG", "BD", "NP", "LA", "ET")
SECTORS = ("14030", "21010", "23110", "31130", "41010", "33110", "16030", "15110", "43040", "12110")


def words(chance: random.Random, fewest: int, most: int) -> str:
    """Some words of a narrative."""
    return " ".join(chance.choices(WORDS, k=chance.randint(fewest, most)))


def activity(number: int, chance: random.Random) -> str:
    """One activity, about 12 KB."""
    first, second = chance.sample(COUNTRIES, 2)
    share = chance.randint(1, 99)
    year = chance.randint(2005, 2023)

    def organisation(element: str, more: str = "") -> str:
        code = chance.randint(10000, 99999)
        return f'<{element} {more}ref="XM-DAC-{code}" type="{chance.choice(("10", "21", "40", "70"))}"><narrative>{words(chance, 3, 7)}</narrative></{element}>'

    def transaction(place: int) -> str:
        day = f"{year + place % 5}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        own = f'<sector vocabulary="1" code="{chance.choice(SECTORS)}"/><recipient-country code="{first}"/>' if number % 4 == 0 else ""
        return (
            f'<transaction ref="{number}-{place}"><transaction-type code="{chance.choice("2334")}"/><transaction-date iso-date="{day}"/>'
            f'<value currency="{chance.choice(("USD", "EUR", "CHF"))}" value-date="{day}">{chance.randint(-5000, 9_000_000)}.{chance.randint(0, 99):02}</value>'
            f"<description><narrative>{words(chance, 8, 16)}</narrative></description>"
            f"{organisation('provider-org')}{organisation('receiver-org')}{own}"
            '<flow-type code="10"/><finance-type code="110"/><aid-type code="C01"/><tied-status code="5"/></transaction>'
        )

    results = "".join(
        f'<result type="1"><title><narrative>{words(chance, 6, 12)}</narrative></title><indicator measure="1"><title><narrative>{words(chance, 6, 12)}'
        f'</narrative></title><baseline year="{year}" value="{chance.randint(0, 50)}"/><period><period-start iso-date="{year}-01-01"/>'
        f'<period-end iso-date="{year}-12-31"/><target value="{chance.randint(50, 99)}"/><actual value="{chance.randint(0, 99)}"/></period></indicator>'
        "</result>"
        for _ in range(2)
    )
    budgets = "".join(
        f'<budget type="1" status="1"><period-start iso-date="{year + place}-01-01"/><period-end iso-date="{year + place}-12-31"/>'
        f'<value currency="USD" value-date="{year}-01-01">{chance.randint(1, 10**7)}</value></budget>'
        for place in range(3)
    )
    return (
        f'<iati-activity default-currency="USD" hierarchy="1" last-updated-datetime="2025-06-01T00:00:00Z" xml:lang="en">'
        f"<iati-identifier>XM-BENCH-{number}</iati-identifier>"
        '<reporting-org ref="XM-BENCH" type="40"><narrative>Generated</narrative></reporting-org>'
        f'<title><narrative>{words(chance, 6, 12)}</narrative></title><description type="1"><narrative>{words(chance, 90, 140)}</narrative></description>'
        f"{''.join(organisation('participating-org', f'role={chr(34)}{role}{chr(34)} ') for role in (1, 2, 3, 4))}"
        f'<activity-status code="2"/><activity-date type="1" iso-date="{year}-01-01"/><activity-date type="2" iso-date="{year}-02-01"/>'
        f'<activity-date type="3" iso-date="{year + 4}-12-31"/><activity-scope code="4"/>'
        f'<recipient-country code="{first}" percentage="{share}"/><recipient-country code="{second}" percentage="{100 - share}"/>'
        f'<location ref="{number}"><name><narrative>{words(chance, 1, 3)}</narrative></name><point srsName="http://www.opengis.net/def/crs/EPSG/0/4326">'
        f"<pos>{chance.uniform(-60, 60):.5f} {chance.uniform(-180, 180):.5f}</pos></point></location>"
        f'<sector vocabulary="1" code="{chance.choice(SECTORS[:5])}" percentage="{share}"/>'
        f'<sector vocabulary="1" code="{chance.choice(SECTORS[5:])}" percentage="{100 - share}"/>'
        '<tag vocabulary="2" code="6"/><policy-marker vocabulary="1" code="1" significance="1"/><collaboration-type code="1"/>'
        '<default-flow-type code="10"/><default-finance-type code="110"/><default-aid-type code="C01"/><default-tied-status code="5"/>'
        f"{budgets}{''.join(transaction(place) for place in range(chance.randint(9, 13)))}"
        f'<document-link format="text/html" url="https://example.org/{number}"><title><narrative>{words(chance, 3, 8)}</narrative></title>'
        f'<category code="A02"/></document-link>{results}</iati-activity>\n'
    )


def pieces(bytes_wanted: int, seed: int) -> Iterator[str]:
    """A file of about so many bytes; the same arguments give the same file.

    A thousand activities are made and repeated under identifiers of their own: what costs a reader is elements and text, not their novelty.
    """
    chance = random.Random(seed)
    models = [activity(number, chance).split(f"XM-BENCH-{number}<", 1) for number in range(1000)]
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03" generated-datetime="2025-06-01T00:00:00Z">\n'
    written = number = 0
    while written < bytes_wanted:
        before, behind = models[number % len(models)]
        piece = f"{before}XM-BENCH-{seed}-{number}<{behind}"
        written += len(piece)
        number += 1
        yield piece
    yield "</iati-activities>\n"


def write(path: Path, bytes_wanted: int, seed: int) -> None:
    """Write one activity file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(pieces(bytes_wanted, seed))


def run_floor(raw: Path) -> None:
    """Expat over every file, without handlers."""
    for path in sorted(raw.rglob("*.xml")):
        with path.open("rb") as file:
            expat.ParserCreate().ParseFile(file)


def run_landing(raw: Path, home: Path) -> None:
    """The row pass over every file; prints what came of it."""
    from pipelines.landing.prepared import prepare
    from pipelines.landing.row_passes import land_source

    landed = land_source(prepare(raw, home), "iati")
    tables = [table for part in landed.parts.values() for table in part.tables]
    counts = {name: sum(table.rows_delivered for table in tables if table.name == name) for name in ("iati_activities", "iati_transactions")}
    print(json.dumps(counts | {"quarantined": sum(table.rows_quarantined for table in tables)}))


def measured(*arguments: str, **environment: str) -> dict[str, float]:
    """Run this file in a process of its own: wall and CPU seconds of it and its workers, the largest resident set of one of them, its answer."""
    program = (
        "import resource, runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "print(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))"
    )
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.run(
        [sys.executable, "-c", program, __file__, *arguments], env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    *said, memory = process.stdout.splitlines()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": time.monotonic() - begun, "cpu": cpu, "memory": int(memory) / 1024} | (json.loads(said[-1]) if said else {})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=500, help="in two files")
    parser.add_argument("--single", type=int, default=0, help="megabytes of one further file, read for its memory")
    parser.add_argument("--keep", type=Path, help="work here and leave everything (default: a temporary folder)")
    parser.add_argument("--floor", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--land", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.floor:
        return run_floor(given.floor)
    if given.land:
        return run_landing(*given.land)

    scratch = given.keep or Path(tempfile.mkdtemp(prefix="techcoop-bench-"))
    try:
        raw = scratch / "raw-xml"
        for number in (1, 2):
            write(raw / "iati" / f"{number}.xml", given.megabytes * 500_000, number)
        size = sum(path.stat().st_size for path in raw.rglob("*.xml"))
        floor = measured("--floor", str(raw))
        costs = {}
        for workers in (1, 2):
            home = scratch / f"home-xml-{workers}"
            shutil.rmtree(home, ignore_errors=True)
            costs[workers] = measured("--land", str(raw), str(home), TECHCOOP_WORKERS=str(workers))
        again = measured("--land", str(raw), str(scratch / "home-xml-1"), TECHCOOP_WORKERS="1")
        one, two = costs[1], costs[2]
        print(
            f"{size / 1e6:,.0f} MB of XML, {one['iati_activities']:,} activities of {size / one['iati_activities'] / 1000:.1f} KB, "
            f"{one['iati_transactions'] / one['iati_activities']:.1f} transactions each, {one['quarantined']} rows quarantined\n"
            f"\nCPU against expat without handlers:                 {one['cpu'] / floor['cpu']:5.2f} x (at most 7: {one['cpu']:.1f} s, {floor['cpu']:.1f} s)"
            f"\nlargest memory of one process:                      {max(one['memory'], two['memory']):5.0f} MB (at most 400)"
            f"\nwall time with a second worker:                     {two['wall'] / one['wall']:5.2f} x ({one['wall']:.1f} s to {two['wall']:.1f} s)"
            f"\nactivities a second of CPU:                         {one['iati_activities'] / one['cpu']:5.0f}"
            f"\nunchanged files, read again:                        {again['cpu'] / one['cpu']:5.2f} x of the CPU"
        )
        if given.single:
            write(scratch / "raw-single" / "iati" / "1.xml", given.single * 1_000_000, 3)
            single = measured("--land", str(scratch / "raw-single"), str(scratch / "home-single"))
            print(f"a single file of {given.single:,} MB:                       {single['memory']:5.0f} MB of memory, {single['cpu']:.0f} s of CPU")
    finally:
        if not given.keep:
            shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
