"""Puts the definitions together for one home and one folder of deliveries."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from pipelines import settings
from pipelines.dbt.manifest import Dbt, manifest
from pipelines.defs.automation import daily_schedule, deliveries_sensor, refresh_job
from pipelines.defs.landing import landing_assets
from pipelines.defs.models import dbt_models
from pipelines.defs.progress import progress_logger
from pipelines.defs.release import release_asset
from pipelines.defs.suites import suite_checks
from pipelines.defs.warehouse import Warehouse


def definitions(home: Path | None = None, raw_root: Path | None = None, dbt: Dbt | None = None) -> dg.Definitions:
    """Every asset, check, job, schedule and sensor.

    Args:
        home: the warehouse's folder; from the environment if not given.
        raw_root: the folder of deliveries; from the environment if not given.
        dbt: reads the project already and will build it; without, a job starts its own.
    """
    home, raw_root = settings.warehouse_home(home), settings.raw_root(raw_root)
    project = dbt.manifest() if dbt else manifest(home)
    models = dbt_models(project, dbt)
    return dg.Definitions(
        assets=[*landing_assets(), models, release_asset(sorted(models.keys), project)],
        asset_checks=[suite_checks(project)],
        jobs=[refresh_job()],
        schedules=[daily_schedule()],
        sensors=[deliveries_sensor(home, raw_root)],
        resources={"warehouse": Warehouse(home=str(home), raw_root=str(raw_root))},
        loggers={"console": dg.colored_console_logger, "progress": progress_logger},
        executor=dg.in_process_executor,
    )
