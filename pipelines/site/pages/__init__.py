"""The parts of the site, in the order in which they stand within their sections of the navigation.

A part is a module with `pages(reader) -> Iterator[Page | File]`. It makes no page of what the release does not hold.
"""

from pipelines.site.pages import (
    country_groups,
    coverage,
    dictionary,
    entities,
    explained,
    great_expectations,
    indicators,
    lineage,
    overview,
    published_figures,
    quarantine,
    questions,
    report_coordination,
    report_delivery,
    report_early_warning,
    report_needs,
    report_shares,
    restatements,
)

PAGES = (
    overview,
    restatements,
    report_shares,
    report_needs,
    report_delivery,
    report_coordination,
    report_early_warning,
    indicators,
    entities,
    country_groups,
    published_figures,
    explained,
    coverage,
    great_expectations,
    quarantine,
    dictionary,
    questions,
    lineage,
)
