{{ revised_amounts('raw_iati_planned_disbursements', 'disbursement_type') }}
