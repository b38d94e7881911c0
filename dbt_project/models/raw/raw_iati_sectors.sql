{{ raw_iati_table('iati_sectors', stays_in_a_merge='landed.transaction_number is not null') }}
