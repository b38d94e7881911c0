"""The parts of the site, in the order in which they stand within their sections of the navigation.

A part is a module with `pages(reader) -> Iterator[Page | File]`. It makes no page of what the release does not hold.
"""

from pipelines.publish.site.pages import great_expectations, overview, published_figures

PAGES = (overview, published_figures, great_expectations)
