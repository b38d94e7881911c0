{{ config(schema='reference', alias='country_group_members') }}

-- A delivered membership counts unless a shipped one of the same country in the same group holds on one of its days.
with shipped as (
    select * from {{ ref('country_group_members') }}
),

delivered as (
    select * from {{ ref('stg_country_group_members') }}
),

known as (
    select
        *,
        {{ no_delivery() }}
    from shipped
    union all
    select * from delivered
    where not exists (
        select 1 from shipped
        where
            shipped.country_group = delivered.country_group
            and shipped.country = delivered.country
            and {{ share_a_day('shipped', 'delivered') }}
    )
)

select * from known
