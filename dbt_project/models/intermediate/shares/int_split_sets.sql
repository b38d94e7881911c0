with sets as (
    select distinct
        split_set_id,
        subprogramme,
        recipient
    from {{ ref('int_split_parts') }}
)

select * from sets
