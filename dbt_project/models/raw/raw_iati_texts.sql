{{ raw_iati_table('iati_texts', stays_in_a_merge='landed.transaction_number is not null') }}
