"""Write, audit, publish: the lock, one run's folder, releases and their rollback, the status.

Plain Python on paths and JSON: nothing here knows the orchestrator, dbt or the checks.
"""
