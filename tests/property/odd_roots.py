"""Raw roots put together of odd deliveries: drawn by hypothesis, written the same way each time, made smaller when they fail."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import odd_activities
import odd_tables
from hypothesis import strategies as st
from odd_activities import ActivityFile
from odd_tables import Delivery

from pipelines.contracts import SOURCES


@dataclass(frozen=True, kw_only=True)
class Root:
    """A raw root as the deliveries that it is made of; each of its `copies` is delivered once more under another name."""

    deliveries: tuple[Delivery | ActivityFile, ...]
    copies: tuple[int, ...] = ()

    def write(self, folder: Path) -> dict[str, int | None]:
        """Write it anew.

        Returns:
            Each file and table, as `path below the root|table`, with the number of records that whoever reads it must find; None where that is a matter
            of how it is read.
        """
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        written: dict[str, int | None] = {}
        for delivery in self.deliveries:
            written |= odd_activities.write(delivery, folder) if isinstance(delivery, ActivityFile) else odd_tables.write(delivery, folder)
        for place in self.copies:
            original = folder / self.deliveries[place % len(self.deliveries)].name
            shutil.copyfile(original, original.with_name(f"z-{original.name}"))
        return written


SEEDS = st.integers(0, 2**32 - 1)
ODDNESS = st.sampled_from((0, 0, 2, 5, 15, 40))


def deliveries(source: str) -> st.SearchStrategy[Delivery]:
    """Deliveries of one source."""
    return st.builds(
        Delivery,
        source=st.just(source),
        rows=st.integers(1, 30),
        seed=SEEDS,
        oddness=ODDNESS,
        form=st.sampled_from(odd_tables.FORMS),
        habits=st.lists(st.sampled_from(odd_tables.HABITS), max_size=3, unique=True).map(tuple),
    )


def activity_files() -> st.SearchStrategy[ActivityFile]:
    """Activity files."""
    return st.builds(
        ActivityFile,
        activities=st.integers(1, 8),
        seed=SEEDS,
        oddness=ODDNESS,
        form=st.sampled_from(odd_activities.FORMS),
        habits=st.lists(st.sampled_from(odd_activities.HABITS), max_size=4, unique=True).map(tuple),
    )


@st.composite
def roots(draw: st.DrawFn) -> Root:
    """Any of the sources, none to three deliveries of each, and activity files."""
    found: list[Delivery | ActivityFile] = []
    for source in SOURCES:
        found += draw(st.lists(deliveries(source), max_size=2))
    found += draw(st.lists(activity_files(), max_size=4))
    if not found:
        found.append(draw(activity_files()))
    return Root(deliveries=tuple(found), copies=tuple(draw(st.lists(st.integers(0, 40), max_size=2))))


def of_seed(seed: int) -> Root:
    """The root of a number, without hypothesis: for runs that go on after a failure."""
    chance = random.Random(f"root {seed}")
    found: list[Delivery | ActivityFile] = []

    def habits(all_of_them: tuple[str, ...], most: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(chance.choice(all_of_them) for _ in range(chance.randrange(most + 1))))

    for source in SOURCES:
        for _ in range(chance.choice((0, 0, 1, 1, 1, 2, 3))):
            found.append(
                Delivery(
                    source=source,
                    rows=chance.choice((1, 3, 8, 20, 40)),
                    seed=chance.randrange(2**32),
                    oddness=chance.choice((0, 0, 2, 5, 15, 40)),
                    form=chance.choice(odd_tables.FORMS),
                    habits=habits(odd_tables.HABITS, 3),
                )
            )
    for _ in range(chance.choice((0, 1, 2, 3, 4, 5)) or (not found)):
        found.append(
            ActivityFile(
                activities=chance.choice((1, 2, 3, 5, 8, 12)),
                seed=chance.randrange(2**32),
                oddness=chance.choice((0, 0, 2, 5, 15, 40)),
                form=chance.choice(odd_activities.FORMS),
                habits=habits(odd_activities.HABITS, 4),
            )
        )
    return Root(deliveries=tuple(found), copies=tuple(chance.randrange(40) for _ in range(chance.choice((0, 0, 0, 1, 2)))))


def smaller(root: Root) -> Iterator[Root]:
    """Roots that say less, the smallest steps last: without halves of the deliveries, without each, with fewer rows and habits."""
    count = len(root.deliveries)
    size = count // 2
    if root.copies:
        yield replace(root, copies=())
    while size:
        for start in range(0, count, size):
            kept = root.deliveries[:start] + root.deliveries[start + size :]
            if kept:
                yield replace(root, deliveries=kept)
        size //= 2
    for place, delivery in enumerate(root.deliveries):
        rest = [replace(delivery, habits=tuple(other for other in delivery.habits if other != habit)) for habit in delivery.habits]
        if isinstance(delivery, ActivityFile):
            rest += [replace(delivery, activities=fewer) for fewer in (1, delivery.activities // 2) if 0 < fewer < delivery.activities]
        else:
            rest += [replace(delivery, rows=fewer) for fewer in (1, delivery.rows // 4, delivery.rows // 2) if 0 < fewer < delivery.rows]
        if delivery.oddness:
            rest.append(replace(delivery, oddness=0))
        for change in rest:
            yield replace(root, deliveries=(*root.deliveries[:place], change, *root.deliveries[place + 1 :]))


def smallest(root: Root, fails: Callable[[Root], bool], *, seconds: float) -> Root:
    """The smallest root found within so many seconds that fails in the same way."""
    end = time.monotonic() + seconds
    found = True
    while found:
        found = False
        for candidate in smaller(root):
            if time.monotonic() > end:
                return root
            if fails(candidate):
                root, found = candidate, True
                break
    return root
