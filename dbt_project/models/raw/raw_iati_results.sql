{{ raw_iati_table('iati_results') }}
