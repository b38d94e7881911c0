{{ raw_table('programme_activities') }}
