-- What must whoever published or delivered a file fix, file by file? What keeps rows out comes first; each line says how often, where, and what to do.
with findings as (
    select
        *,
        case severity when 'critical' then 1 when 'error' then 2 else 3 end as severity_order
    from {{ ref('audit_quarantine') }}
)

select
    source_file,
    severity,
    rule,
    table_name,
    column_name,
    count(*) as findings,
    count(distinct source_row) as rows_concerned,
    min(source_row) as first_row,
    min(value) as example,
    max(value) as other_example,
    min(remedy) as remedy
from findings
group by source_file, severity, rule, table_name, column_name, severity_order
order by source_file asc, severity_order asc, findings desc, rule asc, table_name asc, column_name asc
