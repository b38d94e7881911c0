with found as (
    select * from {{ source('landing', 'quarantine') }}
),

-- what only the models can tell: a region that says nothing beside the only country listed
recipients as (
    select * from {{ ref('int_iati_recipients') }}
    where is_containing_region
),

all_findings as (
    select
        delivery_id,
        source,
        table_name,
        source_file,
        source_row,
        column_name,
        rule,
        severity,
        value,
        remedy
    from found
    union all
    select
        _delivery_id as delivery_id,
        'iati' as source,
        'iati_recipients' as table_name,
        _source_file as source_file,
        _source_row as source_row,
        'code' as column_name,
        'region_contains_the_country' as rule,
        'warning' as severity,
        code as value,
        'leave the region out, or give both percentages: it only contains the one country listed, which takes all of the money' as remedy
    from recipients
)

select * from all_findings
