"""Asking a release: query, shell, and explain, the only way from a number to the cells it came from."""
