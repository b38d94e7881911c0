"""The project's definitions for Dagster: `dagster dev -m pipelines.definitions`."""

from pipelines.defs.assembly import definitions

defs = definitions()
