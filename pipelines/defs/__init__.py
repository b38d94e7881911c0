"""The only rooms that know the orchestrator: assets, checks, the job, its schedule and sensor, resources.

What is done lives elsewhere (`pipelines.ingest`, `dbt_project`, `pipelines.validate`,
`pipelines.publish`); here stands in which order, what is shown of it, and what happens when it fails.
"""
