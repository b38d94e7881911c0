{{ raw_iati_table('iati_activities') }}
