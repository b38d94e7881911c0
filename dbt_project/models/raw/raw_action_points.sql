{{ raw_table('action_points') }}
