{{ raw_table('published_figures') }}
