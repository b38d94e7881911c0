{{ raw_iati_table('iati_planned_disbursements') }}
