{% set by_recipient = {
    'region_scheme': 'regions.region_scheme', 'region': 'regions.region',
    'region_name': 'regions.region_name', 'is_exclusive': 'regions.is_exclusive',
} %}
{% set by_scope = {
    'region_scheme': "'project_scope'", 'region': 'hub.project_scope',
    'region_name': project_scope_name('hub.project_scope'), 'is_exclusive': 'true',
} %}
{% set regions_of_recipients %}inner join {{ ref('int_regions_used') }} as regions
            on
                hub.recipient = regions.recipient
                and hub.epoch = regions.epoch
{%- endset %}

with {{ place_parts([
    {
        'dimensions': by_recipient, 'counter': region_counter('records'), 'unconverted_counter': unconverted_region_counter('records'),
        'join': regions_of_recipients,
    },
    {'dimensions': by_scope, 'counter': 'hub.records_of_scope', 'join': ''},
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
    'parts', ['region_scheme', 'region', 'region_name', 'is_exclusive'],
    schemes=['region_scheme'], exclusive='parts.is_exclusive', totals='totals'
) }}

select * from shares
