"""The parts of the site, in the order in which they stand within their sections of the navigation.

A part is a module with `pages(reader) -> Iterator[Page | File]`. It makes no page of what the release does not hold.
"""

from pipelines.publish.site.pages import country_groups, entities, great_expectations, lineage, overview, published_figures, report_shares

PAGES = (overview, report_shares, entities, country_groups, published_figures, great_expectations, lineage)
