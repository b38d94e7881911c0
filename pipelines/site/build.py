"""Writes the site of a release into its folder: every page of every part, in one navigation."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup

from pipelines.release.public import open_public
from pipelines.site import cells, words
from pipelines.site.page import SECTIONS, File, Page, slug
from pipelines.site.pages import PAGES
from pipelines.site.reader import Reader, Release

HERE = Path(__file__).parent
INDEX = "index.html"


def build_site(database: Path, folder: Path, *, release: Release, progress: Callable[[str], None] | None = None) -> Path:
    """Write the site.

    Args:
        database: the checked build file, with its check results; opened read-only and without restricted rows.
        folder: the release's documentation folder; made where it is missing.
        release: what the site says about the release as a whole.
        progress: told what has been written.

    Returns:
        The first page.

    Raises:
        LookupError: a page links to one that does not exist, or two pages have one path.
    """
    with open_public(database) as connection:
        reader = Reader(connection, release, database)
        pages = [page for part in PAGES for page in part.pages(reader)]
    write_pages(pages, folder, release)
    if progress:
        progress(f"site: {len(pages)} pages")
    return folder / INDEX


def write_pages(pages: Sequence[Page | File], folder: Path, release: Release) -> None:
    """Render pages into a folder, with what they share: style, script and navigation."""
    paths = {page.path for page in pages}
    if len(paths) < len(pages):
        twice = sorted({page.path for page in pages if sum(other.path == page.path for other in pages) > 1})
        raise LookupError(f"several pages have one path: {', '.join(twice)}")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(HERE / "assets", folder / "assets", dirs_exist_ok=True)
    templates = environment()
    navigation = _navigation(pages)
    for page in pages:
        target = folder / page.path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(page, File):
            target.write_text(page.content, "utf-8")
            continue
        link = Links(page.path, paths)
        shared = {"page": page, "navigation": navigation, "edition": release.edition, "link": link, "has_page": link.leads_to}
        target.write_text(templates.get_template(page.template).render({**shared, **page.context}), "utf-8")


def environment() -> jinja2.Environment:
    """The templates of the site; everything that comes from data is escaped."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    templates.filters |= {
        "number": words.number,
        "percent": words.percent,
        "words": words.words,
        "sentence": words.sentence,
        "day": words.day,
        "slug": slug,
        "cell": cells.cell,
        "prose": cells.prose,
        "status": cells.status,
        "drawing": Markup,
    }
    return templates


def _navigation(pages: Iterable[Page | File]) -> Mapping[str, list[Page | File]]:
    """Pages by section, in the order of both."""
    found: dict[str, list[Page | File]] = {section: [] for section in SECTIONS}
    for page in pages:
        if page.in_navigation:
            found[page.section].append(page)
    return {section: members for section, members in found.items() if members}


class Links:
    """How one page writes the addresses of others: relative, so that the folder may lie anywhere."""

    def __init__(self, origin: str, paths: set[str]) -> None:
        """Take the page's own path and those of all."""
        self._origin = origin
        self._paths = paths

    def __call__(self, path: str) -> str:
        """The address of a page, which must exist."""
        target = path.partition("#")[0]
        if not self.leads_to(path):
            raise LookupError(f"{self._origin} leads to {target}, which is no page of the site")
        return f"{'../' * self._origin.count('/')}{path}" if target else path

    def leads_to(self, path: str) -> bool:
        """Whether there is such a page."""
        target = path.partition("#")[0]
        return not target or target in self._paths or target.startswith("assets/")
