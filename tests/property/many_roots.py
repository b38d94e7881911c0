"""Tries many raw roots and goes on after a failure: `python tests/property/many_roots.py --roots 500 --seed 1 --keep FOLDER`.

Each way of failing is a kind: what is said without its numbers and names. Of each kind the first root is kept, made smaller if there is time.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from odd_roots import Root, of_seed, smallest
from pipeline import Built, Pipeline, delivered_rows, first_release


def kind_of(told: str) -> str:
    """What is wrong, without what differs from root to root."""
    check, separator, observed = told.partition(": ")
    if separator and check == "audit.reconciliation":
        return f"{check}: {' '.join(observed.split()[:3])}"
    if " on " in check and not check.startswith(("model ", "test ")):
        return check + (": could not run" if "could not be checked" in observed else "")
    told = re.sub(r"'.*?'|\".*?\"|`.*?`|\S*/\S*", "…", told)
    return re.sub(r"[-+]?\d[\d,.]*", "#", told)[:110]


def uncounted(written: Mapping[str, int | None], database: Path) -> list[str]:
    """Files of which the warehouse counts other records than were written into them."""
    found = delivered_rows(database)
    files = {place.partition("|")[0] for place in found}
    wrong = []
    for place, rows in written.items():
        status, delivered = found.get(place, ("missing", 0))
        if place.partition("|")[0] not in files:
            wrong.append(f"files: {place} is not in audit.deliveries")
        if rows is not None and status == "loaded" and delivered != rows:
            wrong.append(f"files: {place}: {rows} records were written, {delivered} counted")
    return wrong


def attempt(pipeline: Pipeline, root: Root, folder: Path, *, publish: bool, suites: bool = True) -> Built:
    """Write one root and build it; its own count of records is compared, too."""
    written = root.write(folder)
    built = pipeline.build(folder, publish=publish, suites=suites)
    if built.broken_laws:
        return built
    wrong = uncounted(written, pipeline.database)
    return Built(released=built.released and not wrong, failed=built.failed, broken_laws=tuple(wrong), counts=built.counts, seconds=built.seconds)


def kept(pipeline: Pipeline, root: Root, told: str, folder: Path, *, seconds: float) -> Path:
    """Keep a failing root below a folder, as small as it becomes within so many seconds; returns where it lies."""
    kind = kind_of(told)
    place = folder / re.sub(r"\W+", "-", kind).strip("-")[:80]
    publish = told.startswith(("publication", "words"))
    with tempfile.TemporaryDirectory() as scratch:
        root = smallest(
            root,
            lambda one: any(kind_of(said) == kind for said in attempt(pipeline, one, Path(scratch) / "raw", publish=publish).broken_laws),
            seconds=seconds,
        )
    root.write(place / "raw")
    (place / "root.txt").write_text(f"{told}\n\n{root}\n", encoding="utf-8")
    return place


def main() -> int:
    """Try, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--roots", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "property-failures")
    parser.add_argument("--first", type=Path, help="a home with a finished release of this checkout, if there is one")
    parser.add_argument("--shrink", type=float, default=60, help="seconds for making one failing root smaller")
    parser.add_argument("--publish-every", type=int, default=5)
    parser.add_argument("--suites-every", type=int, default=1)
    said = parser.parse_args()
    found: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        pipeline = Pipeline(first=said.first or first_release(folder / "first"), folder=folder / "builds")
        for seed in range(said.seed, said.seed + said.roots):
            root = of_seed(seed)
            began = time.process_time()
            built = attempt(pipeline, root, folder / "raw", publish=seed % said.publish_every == 0, suites=seed % said.suites_every == 0)
            spent.update(built.seconds)
            spent["cpu"] += time.process_time() - began
            outcomes["released" if built.released else "broken" if built.broken_laws else "blocked"] += 1
            for told in built.broken_laws:
                kind = kind_of(told)
                found[kind] += 1
                if found[kind] == 1:
                    place = kept(pipeline, root, told, said.keep, seconds=said.shrink)
                    print(json.dumps({"seed": seed, "kind": kind, "told": told[:500], "kept": str(place)}, ensure_ascii=False), flush=True)
            outcomes.update(f"blocked by {told.split(' on ')[0]}" for told in built.failed if not built.broken_laws)
            print(f"{seed}: {dict(outcomes)}, {spent['cpu']:.0f} s of CPU", file=sys.stderr, flush=True)
            shutil.rmtree(folder / "raw", ignore_errors=True)
    print(
        json.dumps(
            {"roots": said.roots, "from_seed": said.seed, "outcomes": outcomes, "kinds": found, "seconds": {k: round(v, 1) for k, v in spent.items()}}, indent=1
        )
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
