-- What a delivery says of itself is used until somebody delivers the entity.
with entities as (
    select * from {{ ref('int_entities') }}
),

named as (
    {%- for name in entities_named_in() %}
    select entity from {{ ref('stg_' ~ name) }}
    {{ 'union distinct' if not loop.last }}
    {%- endfor %}
),

unknown as (
    select named.entity
    from named
    left join entities on named.entity = entities.entity
    where named.entity is not null and entities.entity is null
)

select * from unknown
