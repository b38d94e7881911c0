"""The orchestrator's memory of a run from the command line: none. Its results stand in the release and under `runs/`.

The only module that leans on what Dagster does not promise, read in Dagster 1.13.27: the storage in memory, and where an instance keeps its storage.
`tests/unit/defs/test_automation.py` runs an instance from here, so that an upgrade which moves either is noticed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster._core.storage.event_log import InMemoryEventLogStorage


class NoHistory(InMemoryEventLogStorage):
    """Keeps no event.

    The storage in memory that an ephemeral instance has writes each of a thousand events into SQLite, and is asked for what came before it, to be
    thrown away at the end: that took as long as all the queries of a small warehouse.
    """

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Nobody will read it."""

    def get_asset_records(self, asset_keys: Sequence[dg.AssetKey] | None = None) -> Sequence[Any]:
        """No asset was ever seen."""
        return []

    def fetch_observations(self, *arguments: Any, **more: Any) -> dg.EventRecordsResult:
        """None was ever made: asked for each of the assets that another one reads."""
        return dg.EventRecordsResult([], cursor="", has_more=False)

    def get_latest_materialization_events(self, asset_keys: Any) -> Mapping[dg.AssetKey, None]:
        """No asset was ever made."""
        return dict.fromkeys(asset_keys)


def ephemeral_instance() -> dg.DagsterInstance:
    """An instance that lives as long as one run and remembers nothing of it."""
    instance = dg.DagsterInstance.ephemeral()
    instance._event_storage.dispose()
    instance._event_storage = NoHistory()
    instance._event_storage.register_instance(instance)
    return instance
