with funding_sources as (
    select * from {{ ref('funding_sources') }}
),

described as (
    select
        funding_sources.funding_source,
        funding_sources.name as funding_source_name,
        funding_sources.funding_family,
        families.name as funding_family_name,
        funding_sources.funding_source = funding_sources.funding_family as is_family,
        funding_sources.is_technical_cooperation,
        funding_sources.is_cash,
        funding_sources.sort_order,
        funding_sources.source
    from funding_sources
    left join funding_sources as families on funding_sources.funding_family = families.funding_source
)

select * from described
