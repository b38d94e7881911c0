{#-
  A reference without the database's name. dbt would write the build file's name into every view, and a release attached under
  another name (`attach 'techcoop.duckdb' as x`) could not answer from them.
-#}
{% macro ref() %}
    {% set version = kwargs.get('version') or kwargs.get('v') %}
    {% if varargs | length == 2 %}
        {% set relation = builtins.ref(varargs[0], varargs[1], version=version) %}
    {% else %}
        {% set relation = builtins.ref(varargs[0], version=version) %}
    {% endif %}
    {% do return(relation.include(database=false)) %}
{% endmacro %}
