-- A record meets exactly one reading of its split: the periods of a stated combination cover all days and never overlap.
with splits as (
    select * from {{ ref('int_splits') }}
),

ordered as (
    select
        *,
        lag(valid_to) over (partition by entity, subprogrammes, recipients order by valid_from) as previous_end,
        max(valid_to) over (partition by entity, subprogrammes, recipients) as last_end
    from splits
)

select *
from ordered
where
    coalesce(previous_end, date '0001-01-01') <> valid_from
    or last_end <> date '9999-12-31'
