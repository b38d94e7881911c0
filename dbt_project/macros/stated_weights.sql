{#-
  Weights of percentages as publishers of IATI state them, whole numbers over their own denominator. One entry is the whole; entries without
  any percentage are equal parts, and so are those that all state 0; where only some have one, 0 or more, the others share what is left to 100
  (nothing, if nothing is left); any other sum than 100 is rebased. Entries of one code are added. A percentage below zero counts as not stated.

  Args:
      items: relation with `keys`, `item_position`, `percentage` (NULL where not stated) and `code`.
      keys: columns that identify a set of entries.

  Gives: keys, code, code_position (order of first appearance), weight (above zero), denominator, split_rule, stated_pct.
-#}
{% macro stated_weights(items, keys) -%}
{%- set within = keys | join(', ') -%}
    select
        {{ within }},
        code,
        min(item_position) as code_position,
        cast(sum(weight) as bigint) as weight,
        max(denominator) as denominator,
        max(split_rule) as split_rule,
        try_cast(sum(share) as decimal(12, 6)) as stated_pct
    from (
        select
            *,
            cast(sum(weight) over (partition by {{ within }}) as bigint) as denominator
        from (
            select
                *,
                case
                    when items = 1 and coalesce(share_units, 1000000000) = 1000000000 then 'single'
                    when is_equal then 'equal'
                    when share_sum = 1000000000 then 'stated'
                    else 'rebased'
                end as split_rule,
                case
                    when items = 1 or is_equal then 1
                    -- what is left is divided by the number of those who share it: everybody's weight is multiplied by it instead
                    when shares < items and share_units is null then greatest({{ int_div('greatest(1000000000 - share_sum, 0)', 'grain') }}, 0)
                    when shares < items then {{ int_div('share_units', 'grain') }} * (items - shares)
                    else {{ int_div('share_units', 'grain') }}
                end as weight
            from (
                select
                    *,
                    share_sum = 0 and shares in (0, items) as is_equal,
                    -- whole percentages, or whole hundredths, make small numbers; finer ones of many entries are read to a ten-thousandth;
                    -- seven decimals only where the denominators of two sides still cross within BIGINT
                    case
                        when finest = 0 then 10000000
                        when finest = 1 then 100000
                        when shares < items or share_sum > 10000000000 then 1000
                        when finest = 2 or share_sum > 2000000000 then 10
                        else 1
                    end as grain
                from (
                    select
                        *,
                        count(*) over (partition by {{ within }}) as items,
                        count(share) over (partition by {{ within }}) as shares,
                        cast(coalesce(sum(share_units) over (partition by {{ within }}), 0) as bigint) as share_sum,
                        max(
                            case
                                when share_units is null or share_units % 10000000 = 0 then 0
                                when share_units % 100000 = 0 then 1
                                when share_units % 10 = 0 then 2
                                else 3
                            end
                        ) over (partition by {{ within }}) as finest
                    from (
                        select
                            *,
                            cast(share * cast(10000000 as decimal(8, 0)) as bigint) as share_units
                        from (
                            select
                                *,
                                case when percentage >= 0 and percentage < 10000 then cast(percentage as decimal(11, 7)) end as share
                            from {{ items }}
                        ) as read_shares
                    ) as whole_shares
                ) as counted
            ) as grained
        ) as weighted
    ) as finished
    group by {{ within }}, code
    having sum(weight) > 0
{%- endmacro %}
