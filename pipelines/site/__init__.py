"""The documentation site of a release: static pages that need no server and ask no other host.

`build` writes it, `page` says what a page is, `reader` gives it one release's data, `charts` draws, `pages/` holds one module per part.
Nothing is computed here that the warehouse does not hold already.
"""
