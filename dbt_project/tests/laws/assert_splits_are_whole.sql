-- Law 2, on the weights: the cumulative weights of a split begin at nothing, end at its denominator and leave no gap, so that the parts of
-- any amount add to it exactly; percentages add to 100; no purpose and recipient stand twice.
with parts as (
    select * from {{ ref('int_split_parts') }}
),

splits as (
    select
        split_id,
        min(weight_from) as first_weight,
        max(weight_to) as last_weight,
        max(denominator) as denominator,
        count(distinct denominator) as denominators,
        sum(weight_to - weight_from) as weights,
        count(*) as parts,
        count(distinct concat(coalesce(sector, subprogramme), '|', recipient)) as places,
        count(distinct weight_to) as ends,
        sum(used_pct) as used_pct
    from parts
    group by split_id
)

select *
from splits
where
    first_weight <> 0
    or last_weight <> denominator
    or denominators <> 1
    or weights <> denominator
    or places <> parts
    or used_pct <> 100
