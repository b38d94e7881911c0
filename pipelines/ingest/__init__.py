"""Deliveries in: readers, mappings, splits, landing. Plain Python; nothing here knows the orchestrator, dbt or Great Expectations."""
