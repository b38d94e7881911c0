-- Law 1 and law 5: nothing is lost or made between two layers, neither money nor records.
select *
from {{ ref('audit_reconciliation') }}
where difference <> 0 or rows_from <> rows_to
