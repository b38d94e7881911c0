{{ raw_table('deliverables') }}
