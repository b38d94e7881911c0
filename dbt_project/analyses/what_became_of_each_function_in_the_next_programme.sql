-- What became of each function of the first programme of action in the second one that we hold? Wordings are our own; what corresponds was mapped by hand.
with mandates as (
    select * from {{ ref('dim_mandate') }}
),

links as (
    {{ split_items('mandates', ['programme', 'mandate_level', 'function_code', 'wording'], 'counterpart') | indent(4) }}
)

select
    links.function_code as function_of_2009,
    links.wording as wording_of_2009,
    mandates.function_code as function_of_2021,
    mandates.wording as wording_of_2021
from links
inner join mandates on links.item = mandates.function_code and mandates.mandate_level = 'function'
where
    links.mandate_level = 'function'
    and links.programme = 'UNRCCA-2009-2011'
order by links.function_code asc, mandates.function_code asc
