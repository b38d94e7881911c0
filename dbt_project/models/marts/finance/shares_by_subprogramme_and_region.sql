{% set by_recipient = {
    'subprogramme': 'hub.subprogramme', 'region_scheme': 'regions.region_scheme', 'region': 'regions.region',
    'region_name': 'regions.region_name', 'is_exclusive': 'regions.is_exclusive',
} %}
{% set by_scope = {
    'subprogramme': 'hub.subprogramme', 'region_scheme': "'project_scope'", 'region': 'hub.project_scope',
    'region_name': project_scope_name('hub.project_scope'), 'is_exclusive': 'true',
} %}
{% set regions_of_recipients %}inner join {{ ref('int_regions_used') }} as regions
            on
                hub.recipient = regions.recipient
                and hub.epoch = regions.epoch
{%- endset %}

with {{ place_parts([
    {
        'dimensions': by_recipient, 'counter': region_counter('pairs'), 'unconverted_counter': unconverted_region_counter('pairs'),
        'join': regions_of_recipients,
    },
    {'dimensions': by_scope, 'counter': 'hub.pairs_of_scope', 'join': ''},
]) }},

-- Where regions overlap, parts are still shares of what the group holds, not of their own sum.
totals as (
    select
        {{ group_columns() | join(', ') }},
        {{ wide_sum('value_units') }} as total_units
    from {{ ref('int_measure_values') }}
    group by {{ group_columns() | join(', ') }}
),

{{ share_table(
    'parts', ['subprogramme', 'region_scheme', 'region', 'region_name', 'is_exclusive'],
    schemes=['region_scheme'], exclusive='parts.is_exclusive', totals='totals'
) }},

names as (
    select * from {{ ref('int_subprogramme_names') }}
),

named as (
    select
        shares.*,
        {{ subprogramme_name() | indent(8) }} as subprogramme_name
    from shares
    left join names
        on
            shares.entity = names.entity
            and shares.subprogramme = names.subprogramme
            and shares.fiscal_year = names.fiscal_year
)

select * from named
