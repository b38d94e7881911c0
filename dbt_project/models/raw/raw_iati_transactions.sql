{{ raw_iati_table('iati_transactions', stays_in_a_merge='true') }}
