{{ raw_table('missions') }}
