{#-
  Whether money counts in the totals as technical cooperation, by the variable `technical_cooperation`: `all` (the default: everything that was
  delivered), `broad` (with project types) or `narrow`. Which is which says the seed technical_cooperation_rules.
-#}
{% macro is_technical_cooperation(technical_cooperation) -%}
    {%- set rule = var('technical_cooperation') -%}
    {%- if rule == 'all' -%}
true
    {%- elif rule == 'broad' -%}
{{ technical_cooperation }} in ('narrow', 'broad')
    {%- elif rule == 'narrow' -%}
{{ technical_cooperation }} = 'narrow'
    {%- else -%}
        {{ exceptions.raise_compiler_error("the variable technical_cooperation is '" ~ rule ~ "'; expected all, broad or narrow") }}
    {%- endif -%}
{%- endmacro %}

{#- What a transaction of IATI is: the flag of its activity goes before aid types, its own aid type before the activity's. -#}
{% macro iati_technical_cooperation(transaction, activity) -%}
coalesce({{ activity }}.flagged_technical_cooperation, {{ transaction }}.technical_cooperation, {{ activity }}.technical_cooperation)
{%- endmacro %}
