-- What an activity lends to its transactions and counts, beside purposes and places.
{% set target = "case when code_rank = 3 and code like '%.%' then concat(split_part(code, '.', 1), '.', split_part(code, '.', 2)) else code end" %}

with activities as (
    select * from {{ ref('stg_iati_activities') }}
),

sectors as (
    select * from {{ ref('stg_iati_sectors') }}
    where transaction_number = 0 and sector_vocabulary in ('7', '8', '9')
),

tags as (
    select * from {{ ref('stg_iati_tags') }}
    where vocabulary in ('2', '3')
),

policy_markers as (
    select * from {{ ref('stg_iati_policy_markers') }}
),

participating_orgs as (
    select * from {{ ref('stg_iati_participating_orgs') }}
),

-- targets say more than goals, percentages more than tags; an indicator is one of its target
goal_codes as (
    select
        iati_identifier,
        sector as code,
        -- more is no percentage; the texts of splits hold three digits before the point
        case when percentage < 1000 then percentage end as percentage,
        case sector_vocabulary when '8' then 1 when '9' then 3 else 4 end as code_rank
    from sectors
    union all
    select
        iati_identifier,
        code,
        cast(null as decimal(28, 10)) as percentage,
        case vocabulary when '3' then 2 else 5 end as code_rank
    from tags
),

best_codes as (
    select
        *,
        min(code_rank) over (partition by iati_identifier) as best_rank
    from goal_codes
    where code is not null
),

plain_codes as (
    select
        iati_identifier,
        replace(replace(code, ':', ' '), '|', ' ') as code,
        code_rank,
        percentage
    from best_codes
    where code_rank = best_rank
),

read_codes as (
    select
        iati_identifier,
        {{ target }} as code,
        case when count(*) = count(percentage) then cast(sum(percentage) as decimal(18, 6)) end as percentage
    from plain_codes
    group by iati_identifier, {{ target }}
),

sums as (
    select
        iati_identifier,
        count(*) as codes,
        count(percentage) as stated,
        coalesce(sum(percentage), 0) as stated_pct
    from read_codes
    group by iati_identifier
),

-- as money is divided: those without a percentage share what the others leave; equal parts where none has one, or all have 0
stated_codes as (
    select
        read_codes.iati_identifier,
        read_codes.code,
        case
            when sums.stated_pct = 0 and sums.stated in (0, sums.codes) then null
            else coalesce(
                read_codes.percentage,
                {{ decimal_of(int_div(whole_millionths('greatest(100 - sums.stated_pct, 0)'), 'greatest(sums.codes - sums.stated, 1)'), 6, 18) }}
            )
        end as percentage
    from read_codes
    inner join sums on read_codes.iati_identifier = sums.iati_identifier
),

targets as (
    select
        iati_identifier,
        {{ sorted_text("concat(code, case when percentage is null then '' else concat(':', cast(percentage as string)) end)") }}
            as sdg_targets
    from stated_codes
    where percentage is null or percentage > 0
    group by iati_identifier
),

gender_markers as (
    select
        iati_identifier,
        max(significance) as significance
    from policy_markers
    where vocabulary = '1' and code = '1' and significance is not null
    group by iati_identifier
),

donors as (
    select
        iati_identifier,
        {{ sorted_text("replace(replace(coalesce(org_ref, org_name), ':', ' '), '|', ' ')") }} as donors
    from participating_orgs
    where role = '1' and coalesce(org_ref, org_name) is not null
    group by iati_identifier
),

attributes as (
    select
        activities.*,
        case activities.activity_scope
            when '1' then 'global'
            when '2' then 'regional'
            when '3' then 'subregional'
            when '4' then 'country'
            when '5' then 'country'
            when '6' then 'country'
            when '7' then 'country'
            when '8' then 'country'
            else 'UNALLOCATED'
        end as project_scope,
        case when gender_markers.significance is null then 'UNMARKED' else concat('dac:', gender_markers.significance) end as gender_marker,
        donors.donors,
        targets.sdg_targets
    from activities
    left join gender_markers on activities.iati_identifier = gender_markers.iati_identifier
    left join donors on activities.iati_identifier = donors.iati_identifier
    left join targets on activities.iati_identifier = targets.iati_identifier
)

select * from attributes
