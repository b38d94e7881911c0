{#- Of two rows with the same key, one ends (`valid_to`, exclusive) before the other begins; returns the pairs that do not. -#}
{% test periods_do_not_overlap(model, key) %}
with periods as (
    select
        {{ key | join(',\n        ') }},
        coalesce(valid_from, date '0001-01-01') as valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to
    from {{ model }}
),

ordered as (
    select
        {{ key | join(',\n        ') }},
        valid_from,
        valid_to,
        lead(valid_from) over (partition by {{ key | join(', ') }} order by valid_from asc, valid_to asc) as next_from
    from periods
)

select * from ordered
where valid_to <= valid_from or next_from < valid_to
{% endtest %}
