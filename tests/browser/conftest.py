"""A browser without a network, looking at the site of the shipped data."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WHY_NOT = (
    "the browser tests did not run: there is no Chromium on this machine. Install it (Debian: `apt-get install chromium`) or name it in TECHCOOP_CHROMIUM."
)


@dataclass
class Site:
    """The pages of a release in a browser.

    Attributes:
        docs: where they lie.
        output: where screenshots go.
        asked: addresses of other hosts that any page asked for.
        errors: what went wrong in any page's scripts.
    """

    browser: object
    docs: Path
    output: Path
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str = "index.html", *, width: int = 1280, appearance: str = "light"):
        """A page as a reader with that screen and taste sees it."""
        context = self.browser.new_context(viewport={"width": width, "height": 900}, color_scheme=appearance)
        context.route("**/*", self._answer)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"file://{self.docs}/{path}")
        return page

    def shoot(self, page, name: str) -> None:
        page.screenshot(path=str(self.output / f"{name}.png"), full_page=True)

    def _answer(self, route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("file", "data", "blob") or address.hostname == "localhost":
            route.continue_()
        else:
            self.asked.append(route.request.url)
            route.abort()


def chromium() -> str | None:
    return os.environ.get("TECHCOOP_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


# Not longer than the pages need it: while playwright runs, no other event loop can.
@pytest.fixture(scope="module")
def site(shipped) -> Iterator[Site]:
    """The site of the shipped data; whatever a test does, no page asks another host and no script fails."""
    path = chromium()
    if path is None:
        # In continuous integration nobody reads what was skipped.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(WHY_NOT)
    from playwright.sync_api import sync_playwright

    output = Path(__file__).parents[1] / "output"
    output.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield Site(browser=browser, docs=(shipped.home / "docs").resolve(), output=output)
        browser.close()


@pytest.fixture(autouse=True)
def nothing_is_asked_of_others(site) -> Iterator[None]:
    yield
    assert (site.asked, site.errors) == ([], [])
