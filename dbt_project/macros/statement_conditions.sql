{#- A part in per cent of a whole, six decimals; NULL where the whole is not above zero, or so small that the percentage has no meaning. -#}
{% macro percentage(part_units, whole_units) -%}
case
    when {{ whole_units }} > 0 and {{ wide('abs(' ~ part_units ~ ')') }} < {{ wide(whole_units) }} * {{ wide(1000000000) }}
        then {{ decimal_of(exact_div(part_units, whole_units, 8), 6, 24) }}
end
{%- endmacro %}

{#-
  Whether a row's money is that of a statement: the source itself, one of the family or of the total stated. A statement that names no source
  means all of them; of money, all but contributions in kind.
-#}
{% macro is_money_of(stated_source, funding_sources) -%}
case
    when {{ stated_source }} is null
        then {{ funding_sources }}.is_cash or statements.measure = 'in_kind_usd' or statements.measure not like '%usd'
    else {{ is_funded_by(stated_source, funding_sources) }}
end
{%- endmacro %}

{#- Whether a source of funds is the one named, of the family named, or in the total named: `all` cash or `technical_cooperation`. -#}
{% macro is_funded_by(named, funding_sources) -%}
case {{ named }}
        when 'all' then {{ funding_sources }}.is_cash
        when 'technical_cooperation' then {{ funding_sources }}.is_cash and {{ funding_sources }}.is_technical_cooperation
        else {{ named }} in ({{ funding_sources }}.funding_source, {{ funding_sources }}.funding_family)
    end
{%- endmacro %}

{#-
  Whether a row falls into the part of the breakdown that a statement speaks of. The row is in `rows_relation`; `regions` is
  int_recipient_regions joined on the statement's own scheme and region, NULL where the recipient is not in it.
-#}
{% macro is_part_stated(rows_relation, regions, funding_sources, with_attributes=true) -%}
case statements.dimension_scheme
    when 'none' then true
    when 'subprogramme' then {{ rows_relation }}.subprogramme = statements.dimension_code
    when 'funding_source' then {{ is_funded_by('statements.dimension_code', funding_sources) }}
    when 'project_scope' then {{ rows_relation }}.project_scope = statements.dimension_code
    {%- if with_attributes %}
    when 'priority_area' then {{ rows_relation }}.priority_area = statements.dimension_code
    when 'activity_type' then {{ rows_relation }}.activity_type = statements.dimension_code
    {%- else %}
    when 'priority_area' then false
    when 'activity_type' then false
    {%- endif %}
    else {{ regions }}.recipient is not null
end
{%- endmacro %}
