{{ raw_iati_table('iati_texts') }}
