{{ raw_iati_table('iati_related_activities') }}
