"""From the raw root to what dbt reads: deliveries found, rows judged, sets compared, Parquet laid out under the build folder.

`land` is the whole; `prepare`, `land_source` and `settle` are its steps, so that the orchestrator can show each source by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from pipelines import settings
from pipelines.contracts import SOURCE_NAMES
from pipelines.landing.accounts import LandingSummary
from pipelines.landing.prepared import prepare
from pipelines.landing.row_passes import land_source
from pipelines.landing.settled import settle


def land(
    raw_root: Path,
    home: Path,
    build_dir: Path,
    *,
    run_id: str,
    as_of: date,
    previous_release: Path | None,
    progress: Callable[[str], None] | None = None,
    seeds: Path = settings.SEEDS,
) -> LandingSummary:
    """Land every delivery under the raw root.

    Args:
        raw_root: folder of deliveries.
        home: the warehouse, whose `landing` folder keeps parts between runs.
        build_dir: this run's folder; `landing/<table>/*.parquet` is written there.
        run_id: name of this run.
        as_of: day as of which the release speaks.
        previous_release: folder of the release before, if any.
        progress: told one line per delivery.
        seeds: folder of reference data.

    Raises:
        ConfigurationError: no raw root, or no delivery.
        StorageError: the disk is full.
    """
    prepared = prepare(raw_root, home, previous_release=previous_release)
    landings = [land_source(prepared, source, progress=progress) for source in SOURCE_NAMES]
    return settle(prepared, landings, build_dir, run_id=run_id, as_of=as_of, previous_release=previous_release, seeds=seeds, progress=progress)
