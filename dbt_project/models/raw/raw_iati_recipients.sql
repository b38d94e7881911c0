{{ raw_iati_table('iati_recipients', stays_in_a_merge='landed.transaction_number is not null') }}
