-- What transactions hold by the attributes of their projects; each transaction has one of each, so nothing is exploded. Only transactions of IATI
-- are divided by sector too; those of projects are added up apart, so that telling them apart costs them nothing.
{% set columns = [
    'book', 'entity', 'reporter_role', 'fiscal_year', 'record_basis', 'transaction_type', 'funding_source', 'priority_area', 'gender_marker',
    'donors', 'sdg_targets',
] %}

with totals as (
    {%- for relation, has_sectors in [('int_project_transactions', 'false'), ('int_iati_transactions', 'true')] %}
    select
        {{ columns | join(',\n        ') }},
        -- who gave is known of money received; of money spent it is what the project says
        case when flow = 'incoming' then provider end as provider,
        {{ has_sectors }} as has_sectors,
        cast(sum(amount_usd_cents) as bigint) as value_units,
        count(*) as record_count,
        count(*) - count(amount_usd_cents) as unconverted_rows
    from {{ ref(relation) }}
    where is_counted
    group by {{ columns | join(', ') }}, case when flow = 'incoming' then provider end
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from totals
