-- Weights are cumulative in the order of the codes, as for IATI: the part of an amount is the difference of two rounded cumulative amounts, so that
-- parts add to the whole exactly, and the same split gives the same cents in whatever order and format it was delivered.
with splits as (
    select * from {{ ref('int_splits') }}
),

subprogramme_shares as (
    select * from {{ ref('int_subprogramme_shares') }}
),

recipient_shares as (
    select * from {{ ref('int_recipient_shares') }}
),

crossed as (
    select
        splits.split_id,
        subprogramme_shares.subprogramme,
        recipient_shares.recipient,
        recipient_shares.recipient_scheme,
        subprogramme_shares.code_position as subprogramme_position,
        recipient_shares.code_position as recipient_position,
        {% for scheme in exclusive_schemes() %}
        recipient_shares.first_in_{{ scheme }},
        {% endfor %}
        subprogramme_shares.weight * recipient_shares.weight as weight,
        subprogramme_shares.denominator * recipient_shares.denominator as denominator,
        case
            when 'rebased' in (subprogramme_shares.split_rule, recipient_shares.split_rule) then 'rebased'
            when 'stated' in (subprogramme_shares.split_rule, recipient_shares.split_rule) then 'stated'
            when 'equal' in (subprogramme_shares.split_rule, recipient_shares.split_rule) then 'equal'
            when 'unallocated' in (subprogramme_shares.split_rule, recipient_shares.split_rule) then 'unallocated'
            else 'single'
        end as split_rule,
        -- what was stated of the whole: one side's percentage where the other is not divided, the product where both are stated
        case
            when subprogramme_shares.split_rule in ('single', 'unallocated') then recipient_shares.stated_pct
            when recipient_shares.split_rule in ('single', 'unallocated') then subprogramme_shares.stated_pct
            else {{ exact_percent('subprogramme_shares.stated_pct', 'recipient_shares.stated_pct') }}
        end as stated_pct
    from splits
    inner join subprogramme_shares
        on
            splits.entity = subprogramme_shares.entity
            and splits.subprogrammes = subprogramme_shares.subprogrammes
            and splits.subprogrammes_valid_from = subprogramme_shares.valid_from
    inner join recipient_shares
        on
            splits.recipients = recipient_shares.recipients
            and splits.recipients_valid_from = recipient_shares.valid_from
),

cumulated as (
    select
        *,
        case when recipient_position = min(recipient_position) over (partition by split_id) then 1 else 0 end as is_first_recipient,
        case when subprogramme_position = min(subprogramme_position) over (partition by split_id) then 1 else 0 end as is_first_subprogramme,
        cast(
            sum(weight) over (
                partition by split_id
                order by subprogramme asc, recipient asc
                rows between unbounded preceding and current row
            ) as bigint
        ) as weight_to
    from crossed
),

parts as (
    select
        split_id,
        split_id as split_set_id,
        subprogramme,
        recipient,
        recipient_scheme,
        cast(weight_to - weight as bigint) as weight_from,
        weight_to,
        denominator,
        -- the largest amount whose product with twice the denominator stays below 2^63
        {{ int_div('4611686018427387903 - denominator', 'denominator') }} as narrow_limit,
        split_rule,
        stated_pct,
        {{ decimal_of(
            exact_div('weight_to', 'denominator', 8) ~ ' - ' ~ exact_div('(weight_to - weight)', 'denominator', 8), 6, 12
        ) }} as used_pct,
        is_first_recipient as records_of_subprogramme,
        is_first_recipient * is_first_subprogramme as records_of_scope,
        is_first_recipient as pairs_of_scope,
        {% for scheme in exclusive_schemes() %}
        first_in_{{ scheme }} * is_first_subprogramme as records_of_{{ scheme }},
        first_in_{{ scheme }} as pairs_of_{{ scheme }},
        {% endfor %}
        cast(null as string) as sector_vocabulary,
        cast(null as string) as sector
    from cumulated
),

-- those of IATI have sectors too, and numbers below zero
all_parts as (
    select * from parts
    union all
    select
        split_id,
        split_set_id,
        subprogramme,
        recipient,
        recipient_scheme,
        weight_from,
        weight_to,
        denominator,
        narrow_limit,
        split_rule,
        stated_pct,
        used_pct,
        records_of_subprogramme,
        records_of_scope,
        pairs_of_scope,
        {% for scheme in exclusive_schemes() %}
        records_of_{{ scheme }},
        pairs_of_{{ scheme }},
        {% endfor %}
        sector_vocabulary,
        sector
    from {{ ref('int_iati_split_parts') }}
)

select * from all_parts
