"""The rules of a dataframely schema as expressions: the only module that leans on what dataframely does not promise, read in dataframely 3.1.2.

`Schema.validate` and `Schema.filter` apply the rules and give counts or failing rows; the row pass needs the expressions themselves, to tell
each row's own violations in one query.
"""

from __future__ import annotations

from typing import Protocol

import dataframely as dy
import polars as pl


class SchemaRule(Protocol):
    """A rule of a schema."""

    @property
    def expr(self) -> pl.Expr:
        """True, or null, where a row obeys."""
        ...


def rules_of(schema: type[dy.Schema]) -> dict[str, SchemaRule]:
    """Every rule by dataframely's name for it: `column|nullability`, `column|check__name`, or the bare name of a rule over the row."""
    return dict(schema._validation_rules(with_cast=False))
