{#- Steps of a gender or youth marker from which the objective is a main one (significant or principal). -#}
{% macro main_objective_markers() -%}
('2', '2A', '2B', '3')
{%- endmacro %}
