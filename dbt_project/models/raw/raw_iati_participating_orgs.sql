{{ raw_iati_table('iati_participating_orgs') }}
