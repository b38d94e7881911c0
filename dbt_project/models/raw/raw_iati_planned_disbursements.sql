{{ raw_iati_table('iati_planned_disbursements', stays_in_a_merge='true') }}
