"""Rows and sets judged: the row pass against a contract, then the set pass over all deliveries together."""
