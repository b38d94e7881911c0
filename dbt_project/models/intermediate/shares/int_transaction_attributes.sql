-- What transactions hold by the attributes of their projects; each transaction has one of each, so nothing is exploded. Only transactions of IATI
-- are divided by sector too.
{% set attributes = ['entity', 'funding_source', 'priority_area', 'gender_marker', 'donors', 'sdg_targets'] %}
{% set keys = ['book', 'reporter_role', 'fiscal_year', 'record_basis', 'transaction_type', 'provider'] + attributes %}

with {{ transactions_of_project_groups(attributes) }},

told as (
    select
        terms.book,
        'primary' as reporter_role,
        added.fiscal_year,
        terms.record_basis,
        terms.transaction_type,
        -- who gave is known of money received; of money spent it is what the project says
        case when terms.transaction_type in ('pledge', 'contribution') then terms.provider end as provider,
        {{ of('project_groups', attributes) }},
        false as has_sectors,
        added.amount_usd_cents as value_units,
        added.record_count,
        added.unconverted_rows
    from added_transactions as added
    inner join {{ ref('int_transaction_terms') }} as terms on added.terms_number = terms.terms_number
    inner join project_groups on added.group_number = project_groups.group_number
    union all
    select
        book,
        reporter_role,
        fiscal_year,
        record_basis,
        transaction_type,
        case when flow = 'incoming' then provider end as provider,
        {{ attributes | join(', ') }},
        true as has_sectors,
        amount_usd_cents as value_units,
        1 as record_count,
        case when amount_usd_cents is null then 1 else 0 end as unconverted_rows
    from {{ ref('int_iati_transactions') }}
    where is_counted
),

totals as (
    select
        {{ keys | join(',\n        ') }},
        has_sectors,
        {{ wide_sum('value_units') }} as value_units,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(unconverted_rows) as bigint) as unconverted_rows
    from told
    group by {{ keys | join(', ') }}, has_sectors
)

select * from totals
