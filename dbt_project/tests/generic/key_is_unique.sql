{#- The columns together name one row; returns the keys that name several. NULL counts as a value. -#}
{% test key_is_unique(model, columns) %}
select
    {{ columns | join(',\n    ') }},
    count(*) as rows_with_this_key
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
