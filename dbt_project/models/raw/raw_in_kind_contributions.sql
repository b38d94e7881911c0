{{ raw_table('in_kind_contributions') }}
