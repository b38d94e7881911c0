{#- How unequal parts are. Shares are whole billionths of their total, BIGINT, so that adding up squares is exact. -#}

{#- The share of a part in its total, in billionths; NULL where the total is not above zero. -#}
{% macro share_units(part, total) -%}
{{ exact_div(part, total, 9) }}
{%- endmacro %}

{#-
  Aggregate: Herfindahl–Hirschman index, the sum of squared shares, DECIMAL(12,6): 1 where one part has everything, 1 over n where n parts are equal.
-#}
{% macro herfindahl(share_units) -%}
{{ decimal_of(int_div('cast(sum(' ~ share_units ~ ' * ' ~ share_units ~ ') as bigint) + 500000000000', 1000000000000), 6, 12) }}
{%- endmacro %}

{#-
  Aggregate: Theil index of shares against the shares that they are measured by, Σ s ln(s : b), DECIMAL(12,6): 0 where each part has what its
  measure gives it. Against equal parts it is the textbook's T. A part without share adds nothing; a share where the measure gives none has no
  finite index, so NULL. Logarithms are doubles, rounded to six decimals at the end.
-#}
{% macro theil(share_units, benchmark_units) -%}
case
    when count(case when {{ share_units }} > 0 and coalesce({{ benchmark_units }}, 0) = 0 then 1 end) = 0 and count({{ share_units }}) > 0
        then cast(
            round(
                sum(
                    case
                        when {{ share_units }} > 0
                            then cast({{ share_units }} as double) / 1000000000
                                * ln(cast({{ share_units }} as double) / cast({{ benchmark_units }} as double))
                        else 0
                    end
                ),
                6
            ) as decimal(12, 6)
        )
end
{%- endmacro %}
