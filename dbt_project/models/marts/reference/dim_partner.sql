with partners as (
    select * from {{ ref('partners') }}
),

described as (
    select
        partner,
        name as partner_name,
        role,
        named_in,
        source
    from partners
)

select * from described
