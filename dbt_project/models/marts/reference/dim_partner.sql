with partners as (
    select * from {{ ref('partners') }}
),

described as (
    select
        partner,
        name as partner_name,
        role,
        source
    from partners
)

select * from described
