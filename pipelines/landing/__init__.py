"""Deliveries found, kept under their content, laid out for dbt; `check` judges one alone."""
