{{ raw_table('indicator_observations') }}
