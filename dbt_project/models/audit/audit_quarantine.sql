-- Findings of the passes over files and tables, and what only the models can tell, which decide it.
with found as (
    select * from {{ source('landing', 'quarantine') }}
),

recipients as (
    select * from {{ ref('int_iati_recipients') }}
    where says_nothing_new
),

budgets as (
    select * from {{ ref('int_iati_budgets') }}
    where overlap is not null
),

two_levels as (
    select
        activities.entity,
        activities._delivery_id,
        activities._source_file,
        activities._source_row,
        two_levels.fiscal_year,
        row_number() over (partition by activities.entity order by activities._source_file, activities._source_row, two_levels.fiscal_year) as place,
        dense_rank() over (partition by activities.entity order by activities.iati_identifier) as parent_number
    from {{ ref('int_iati_two_levels') }} as two_levels
    inner join {{ ref('stg_iati_activities') }} as activities on two_levels.iati_identifier = activities.iati_identifier
),

-- one finding for a publisher: what is to be decided is decided for all its activities
publishers as (
    select
        entity,
        max(case when place = 1 then _delivery_id end) as _delivery_id,
        max(case when place = 1 then _source_file end) as _source_file,
        max(case when place = 1 then _source_row end) as _source_row,
        max(parent_number) as parents,
        min(fiscal_year) as first_year,
        max(fiscal_year) as last_year
    from two_levels
    group by entity
),

all_findings as (
    select
        delivery_id,
        source,
        table_name,
        source_file,
        source_row,
        source_column,
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
        cast(null as string) as source_column,
        'code' as column_name,
        'region_contains_the_country' as rule,
        'warning' as severity,
        code as value,
        'leave the region out, or give percentages that make 100 with those of the countries listed, which are the whole already and take all of the money'
            as remedy
    from recipients
    union all
    select
        _delivery_id as delivery_id,
        'iati' as source,
        'iati_budgets' as table_name,
        _source_file as source_file,
        _source_row as source_row,
        cast(null as string) as source_column,
        'period_start' as column_name,
        'budgets_overlap' as rule,
        'warning' as severity,
        overlap as value,
        case left_out_because
            when 'equal' then 'state a budget once; equal ones count once'
            when 'later_revision' then 'keep one revised budget for a period; of those that overlap the later in the file counts, this one does not'
            when 'original_stands'
                then 'cover the whole period of the original by revised budgets; they cover less than nine tenths of its days: it counts, this one does not'
            else 'let the periods of budgets not overlap, or state the newer one as revised (type 2); both count'
        end as remedy
    from budgets
    union all
    select
        _delivery_id as delivery_id,
        'iati' as source,
        'iati_activities' as table_name,
        _source_file as source_file,
        _source_row as source_row,
        cast(null as string) as source_column,
        'hierarchy' as column_name,
        'counted_at_two_levels' as rule,
        'warning' as severity,
        concat(
            entity, ': ', cast(parents as string), ' parent ', case when parents = 1 then 'activity has' else 'activities have' end,
            ' the sums of their children (', cast(first_year as string),
            case when last_year = first_year then '' else concat(' to ', cast(last_year as string)) end, ')'
        ) as value,
        concat(
            'if they report the same money, name the level that counts in the seed reporter_roles (column counted_hierarchy) for the publisher ', entity,
            '; until then both levels count'
        ) as remedy
    from publishers
)

select * from all_findings
