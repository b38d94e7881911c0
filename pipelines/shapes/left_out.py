"""A delivery that an operator leaves out of a release: what landing, fingerprint and status hand to each other. Nothing else belongs here."""

from __future__ import annotations

from dataclasses import dataclass

RULE = "left_out"


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A delivery that an operator leaves out of a release.

    Attributes:
        delivery_id: of the delivery as it now is: with other content it is another one.
        source: whose delivery it is.
        source_file: its path below the raw root.
        reason: in the operator's words; kept with the release.
    """

    delivery_id: str
    source: str
    source_file: str
    reason: str
