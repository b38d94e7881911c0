{#-
  Weights of texts in split notation, whole numbers over their own denominator: `KG:33.33|TJ:66.67` is 3333 and 6667 of 10000, three
  items without shares, or with shares of 0 only, are one third each. Items that mean the same code are added. Shares have at most seven
  decimals (the contract sees to it): two sides of that fineness cross to a denominator of 10^18, the largest that fits BIGINT.

  Args:
      items: relation with `keys`, `item_position`, `share_text` (empty where no share is stated) and `code`.
      keys: columns that identify a text.

  Gives: keys, code, code_position (order of first appearance), weight, denominator, split_rule, stated_pct.
-#}
{% macro split_weights(items, keys) -%}
    select
        {{ keys | join(', ') }},
        code,
        min(item_position) as code_position,
        cast(sum(weight) as bigint) as weight,
        max(denominator) as denominator,
        max(split_rule) as split_rule,
        case when max(split_rule) in ('stated', 'rebased') then cast(sum(share) as decimal(12, 6)) end as stated_pct
    from (
        select
            *,
            cast(sum(weight) over (partition by {{ keys | join(', ') }}) as bigint) as denominator,
            case
                when items = 1 then 'single'
                when is_equal then 'equal'
                when share_sum = 100 then 'stated'
                else 'rebased'
            end as split_rule
        from (
            select
                *,
                case
                    when is_equal then 1
                    when finest = 0 then {{ int_div('share_units', 10000000) }}
                    when finest = 1 then {{ int_div('share_units', 100000) }}
                    else share_units
                end as weight
            from (
                select
                    *,
                    count(*) over (partition by {{ keys | join(', ') }}) as items,
                    -- zeros alone divide nothing, and nothing may be lost
                    count(share) over (partition by {{ keys | join(', ') }}) < count(*) over (partition by {{ keys | join(', ') }})
                    or sum(share) over (partition by {{ keys | join(', ') }}) = 0 as is_equal,
                    sum(share) over (partition by {{ keys | join(', ') }}) as share_sum,
                    max(case when share_units % 10000000 = 0 then 0 when share_units % 100000 = 0 then 1 else 2 end)
                        over (partition by {{ keys | join(', ') }}) as finest
                from (
                    select
                        *,
                        cast(cast(share as decimal(10, 7)) * cast(10000000 as decimal(8, 0)) as bigint) as share_units
                    from (
                        select
                            *,
                            try_cast(nullif(trim(replace(share_text, '%', '')), '') as decimal(10, 7)) as share
                        from {{ items }}
                    ) as read_shares
                ) as whole_shares
            ) as counted
        ) as weighted
    ) as finished
    group by {{ keys | join(', ') }}, code
{%- endmacro %}
