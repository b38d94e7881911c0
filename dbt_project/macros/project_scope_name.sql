{#- How far a project reaches, in words. -#}
{% macro project_scope_name(project_scope) -%}
case {{ project_scope }}
    when 'country' then 'One country'
    when 'subregional' then 'Subregional'
    when 'regional' then 'Regional'
    when 'interregional' then 'Interregional'
    when 'global' then 'Global'
    when 'UNALLOCATED' then 'Not stated'
    else {{ project_scope }}
end
{%- endmacro %}
