{#-
  A landed table. dbt reads this project once for all homes, so that the folder of the build is known only when a model is compiled: `BUILD` in
  `external_location` stands for it.
-#}
{% macro source(source_name, table_name) %}
    {% set relation = builtins.source(source_name, table_name) %}
    {% if execute and relation.external %}
        {% do return(relation.external | replace('BUILD', env_var('TECHCOOP_BUILD', '../warehouse/build/now') | replace("'", "''"))) %}
    {% endif %}
    {% do return(relation) %}
{% endmacro %}
