"""The only room that knows the orchestrator: assets, checks, the job, its schedule and sensor, resources.

What is done lives in the other rooms and in `dbt_project`; here stands in which order, what is shown of it, and what happens when it fails.
"""
