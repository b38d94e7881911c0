"""What stands in a cell of a table, as markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from markupsafe import Markup, escape

from pipelines.site import words
from pipelines.site.page import Link

STATUSES = {
    "passed": "✓ passed",
    "failed": "✗ failed",
    "warned": "! warned",
    "errored": "? could not run",
    "accepted": "✓ accepted",
    "confirmed": "✓ confirmed",
    "contradicted": "✗ contradicted",
    "not_computable": "– not computable",
}


def status(name: str) -> Markup:
    """How a check or a statement ended: a sign and a word, since a colour alone tells nobody everything."""
    return Markup('<span class="status {}">{}</span>').format(name, STATUSES[name])


def prose(text: object) -> Markup:
    """A text in which code stands between backticks, as descriptions of models and columns are written."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(str(text)))))


KINDS: Mapping[str, Callable[[Any], str | Markup]] = {
    "text": str,
    "prose": prose,
    "words": words.words,
    "code": lambda content: Markup("<code>{}</code>").format(content),
    "number": words.number,
    "percent": words.percent,
    "exact": lambda content: words.number(content, 6),
    "day": words.day,
    "status": status,
}


class Ways(Protocol):
    """Knows the pages of the site and how to write their addresses."""

    def __call__(self, path: str) -> str:
        """The address of a page."""
        ...

    def leads_to(self, path: str) -> bool:
        """Whether there is such a page."""
        ...


def cell(content: Any, kind: str, link: Ways) -> Markup:
    """A cell's content by the kind of its column; nothing for what is not there, a way to another page for a `Link`."""
    if content is None:
        return Markup()
    if isinstance(content, Link) and content.is_optional and not link.leads_to(content.path):
        return escape(content.text)
    if isinstance(content, Link):
        return Markup('<a href="{}">{}</a>').format(link(content.path), content.text)
    return escape(KINDS[kind](content))
