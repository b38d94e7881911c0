{{ raw_table('subprogramme_allocations') }}
