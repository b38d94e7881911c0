"""Programmes of action and early warning: activities stay whole, observations are judged, and an alert is seen by whoever looks at the run."""

from __future__ import annotations

from pipelines.validate.suites.checks import Check, Suite, Tables

ACTIVITIES = "marts.fct_programme_activities"
OBSERVATIONS = "raw.indicator_observations"
WARNINGS = "marts.early_warning"


def checks(tables: Tables) -> list[Check]:
    """The checks on what the build file has of programmes of action."""
    return [check for check in _checks() if check.target in tables]


def _checks() -> list[Check]:
    return [
        Check(
            name="weights_add_to_one",
            target=ACTIVITIES,
            law=2,
            query="select activity_key, sum(weight) as found from {batch} group by activity_key having sum(weight) <> 1",
            expected="Σ weight = 1 per activity, exactly",
            protects="An activity of two functions is counted once.",
        ),
        Check(
            name="good_offices_are_not_told",
            target=ACTIVITIES,
            query="select activity_key from {batch} where activity_type = 'good_offices'",
            expected="no contact under good offices in a row of its own",
            protects="Contacts under good offices are published as counts only.",
        ),
        Check(
            name="observations_are_judged",
            target=OBSERVATIONS,
            severity="warning",
            query=f"""select series, country, period, unit, _source_file, _source_row from {{batch}}
                      anti join {WARNINGS} using (_delivery_id, _source_row)
                      where period_end <= (select max(as_of) from staging.stg_run_parameters)""",
            expected="a rule in warning_thresholds for every observation: series, frequency and unit known, place read once",
            protects="A series that nobody has set a line for is not taken for one that is calm.",
        ),
        Check(
            name="alerts_in_force",
            target=WARNINGS,
            severity="warning",
            shown=100,
            query="""select series, country, period, value, unit, rule, measured, threshold, since from {batch}
                     where level = 'alert' and is_latest order by series, country""",
            expected="no series at alert in its latest period",
            protects="An early warning reaches whoever looks at the run, with series, place, value and the line that it has reached.",
        ),
    ]


SUITE = Suite(name="programmes", title="Programmes of action and early warning", checks=checks)
