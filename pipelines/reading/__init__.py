"""Bytes to tables of text, every format."""
