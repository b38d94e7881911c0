{{ raw_iati_table('iati_budgets', stays_in_a_merge='true') }}
