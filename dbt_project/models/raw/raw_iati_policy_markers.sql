{{ raw_iati_table('iati_policy_markers') }}
