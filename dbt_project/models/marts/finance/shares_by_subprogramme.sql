with {{ place_parts([
    {'dimensions': {'subprogramme': 'hub.subprogramme'}, 'counter': 'hub.records_of_subprogramme', 'join': ''},
]) }},

{{ share_table('parts', ['subprogramme']) }},

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
