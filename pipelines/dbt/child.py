"""dbt in a child process that reads its project once, builds when told to, and never outlives its parent.

Run as `python -m pipelines.dbt.child HOME PARENT`. It answers in lines of JSON on stdout: `{"parsed": true}`, then, after a line
`{"nodes": […], "alone": …}` on stdin (which nodes, all if null; whether with one thread), one line per node that has finished, and `{"ended": true}`;
`{"error": …}` instead where dbt gives up. One process for both, because importing dbt and loading its manifest again takes as long as building a
small warehouse. What dbt prints goes to stderr.

A run that is killed must not leave a dbt behind that goes on writing: the next run would find the build file in use.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import settings
from pipelines.dbt import reading
from pipelines.processes import end_with_parent, keep_many_objects

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

FINISHED = "NodeFinished"
FLAGS = ("--quiet", "--log-level-file", "info")
# Bytes of landed Parquet, some 300,000 transactions. Below, dbt's two threads keep two processors busy, and waking a second thread for each of a
# thousand short queries costs a tenth of the build.
SMALL = 4 * 1024**2


def arguments(home: Path) -> list[str]:
    """What Python is called with to run dbt for a home as a child of this process."""
    return ["-m", "pipelines.dbt.child", str(home), str(os.getpid())]


def target(home: Path) -> Path:
    """Where dbt keeps manifest, partial parse and results of a home, from run to run."""
    return home / "dbt" / "target"


def environment(home: Path) -> dict[str, str]:
    """What dbt must know: where the build is, where its own files go, and that it sends nothing anywhere."""
    return {
        "TECHCOOP_BUILD": str(home / "build" / "now"),
        "DBT_PROJECT_DIR": str(settings.DBT_PROJECT),
        "DBT_PROFILES_DIR": str(settings.DBT_PROJECT),
        "DBT_TARGET_PATH": str(target(home)),
        "DBT_LOG_PATH": str(home / "dbt" / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
        "DO_NOT_TRACK": "1",
    }


def answering() -> Callable[[dict[str, Any]], None]:
    """Take stdout for answers alone, whatever dbt prints, and return the function that gives one (dbt's threads give them, too)."""
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    one_at_a_time = threading.Lock()

    def answer(said: dict[str, Any]) -> None:
        with one_at_a_time:
            answers.write(json.dumps(said) + "\n")

    return answer


def listen_to_what_is_read() -> None:
    """Drop dbt's events of level debug as they are fired, but for the one that says that a node has finished.

    dbt makes a message of every event, two dozen per node, and formats it once per log before it asks whether the log takes its level: that costs
    more than the queries of a small build.
    """
    from dbt_common.events.base_types import BaseEvent, EventLevel
    from dbt_common.events.event_manager import EventManager
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    class Listener(EventManager):
        def fire_event(self, e: BaseEvent, level: EventLevel | None = None, *others: Any, **more: Any) -> None:
            if (level or e.level_tag()) != EventLevel.DEBUG or type(e).__name__ == FINISHED:
                super().fire_event(e, level, *others, **more)

    ctx_set_event_manager(Listener())


def threads(home: Path) -> int:
    """How many threads DuckDB shares among the queries of a build, unless `TECHCOOP_THREADS` says."""
    landed = sum(file.stat().st_size for file in (home / "build" / "now" / "landing").glob("*/*.parquet"))
    return 1 if landed < SMALL else 2


class UnreadableProjectError(Exception):
    """dbt finds an error in the project; the message is dbt's."""


def project(home: Path) -> Manifest:
    """The project as dbt reads it, or has read it before.

    Raises:
        UnreadableProjectError: it cannot be read.
    """
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    # Whatever is wrong with what was kept, the project itself can be read.
    with suppress(Exception):
        kept = reading.kept(reading.PARSED)
        # Whoever waits for this process takes the manifest from the same place; if it is not there, it is made here.
        if kept and reading.kept(reading.MANIFEST):
            read = Manifest.from_msgpack(kept.read_bytes(), decoder=extended_mashumuro_decoder)
            read.build_flat_graph()
            return read
    parsed = dbtRunner().invoke([*FLAGS, "parse"])
    if not parsed.success:
        raise UnreadableProjectError(str(parsed.exception))
    reading.keep(target(home))
    return parsed.result


def main(home: Path, parent: int) -> int:
    """Parse, wait for the word, build."""
    end_with_parent(parent)
    keep_many_objects()
    answer = answering()
    os.environ.update(environment(home))
    from dbt.cli.main import dbtRunner

    listen_to_what_is_read()
    try:
        read = project(home)
    except UnreadableProjectError as error:
        answer({"error": str(error)})
        return 1
    answer({"parsed": True})
    word = sys.stdin.readline()
    if not word:
        return 0
    asked = json.loads(word)
    if asked["alone"]:
        os.environ["TECHCOOP_THREADS"] = "1"
    os.environ.setdefault("TECHCOOP_THREADS", str(threads(home)))

    def tell(event: Any) -> None:
        if event.info.name == FINISHED:
            result = event.data.run_result
            answer({"unique_id": event.data.node_info.unique_id, "status": result.status, "seconds": result.execution_time, "failures": result.num_failures})

    alone = ["--threads", "1"] if asked["alone"] else []
    # Tests are named, too: those of a model that is not built may read one that is.
    selected = [] if asked["nodes"] is None else ["--indirect-selection", "empty", "--select", *asked["nodes"]]
    built = dbtRunner(manifest=read, callbacks=[tell]).invoke([*FLAGS, "build", *alone, *selected, "--exclude", "resource_type:unit_test"])
    if built.exception:
        answer({"error": str(built.exception)})
        return 1
    answer({"ended": True})
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
