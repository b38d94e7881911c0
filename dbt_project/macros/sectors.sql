{#-
  The three levels of a sector. Codes of the DAC (vocabularies 1 and 2) have a category of three digits and a group above it, named after its first
  two digits (unallocated money, 998, is its own group); codes of other vocabularies have no levels that we know: they stand for themselves.
-#}
{% macro sector_levels() -%}
    {{ return(['group', 'category', 'purpose']) }}
{%- endmacro %}

{% macro sector_at_level(vocabulary, sector, level) -%}
{%- if level == 'purpose' -%}
{{ sector }}
{%- elif level == 'category' -%}
case when {{ vocabulary }} in ('1', '2') and {{ sector }} <> 'UNALLOCATED' then substring({{ sector }}, 1, 3) else {{ sector }} end
{%- else -%}
case
    when {{ vocabulary }} not in ('1', '2') or {{ sector }} = 'UNALLOCATED' then {{ sector }}
    when substring({{ sector }}, 1, 3) = '998' then '998'
    else concat(substring({{ sector }}, 1, 2), '0')
end
{%- endif -%}
{%- endmacro %}

{#- 1 on the first part of a split that has these columns' values, else 0: adding it up counts records, not parts. -#}
{% macro first_of(columns) -%}
case
    when row_number() over (partition by {{ (['split_id'] + columns) | join(', ') }} order by sector asc, recipient asc) = 1 then 1
    else 0
end
{%- endmacro %}
