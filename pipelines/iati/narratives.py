"""What an element says, of the languages in which it says it."""

from __future__ import annotations

from collections.abc import Sequence

from lxml.etree import _Element

from pipelines.iati.upgrade import LANGUAGE


def said(element: _Element, language: str | None) -> str | None:
    """The narrative in the default language, else in English, else the first; text outside one, as version 1 had it, is taken too.

    A narrative without a language is in the default language; `en` and `en-GB` are one. Blank ones say nothing.

    Args:
        element: that holds narratives.
        language: the default language of its activity, if there is one.
    """
    found: list[tuple[str, str]] | None = None
    for child in element:
        if child.tag == "narrative":
            text = child.text
            if len(child):
                text = "".join(child.itertext())
            if text and not text.isspace():
                # looking a language up costs more than all else here, and most have one narrative
                if len(element) == 1:
                    return text
                own = child.get(LANGUAGE)
                if not own or own == language:
                    return text
                if found is None:
                    found = [(own, text)]
                else:
                    found.append((own, text))
    return element.text if found is None else preferred(found, language)


def preferred(narratives: Sequence[tuple[str | None, str]], language: str | None) -> str:
    """Of several narratives with their languages, the one without (it is in the default language), in it, in English, or the first."""
    unmarked = next((text for own, text in narratives if not own), None)
    if unmarked is not None:
        return unmarked
    wanted = [language.strip().lower()] if language else []
    for tag in (*wanted, *(tag.partition("-")[0] for tag in wanted), "en"):
        for own, text in narratives:
            spoken = own.strip().lower()
            if spoken == tag or spoken.partition("-")[0] == tag:
                return text
    return narratives[0][1]
