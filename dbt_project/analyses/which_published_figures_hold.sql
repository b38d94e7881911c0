-- Which published figures did records of other documents confirm or contradict, and what do other books say?
select
    figure_id,
    statement,
    value,
    computed_value,
    accepted_from,
    accepted_to,
    verdict,
    difference,
    rows_behind,
    other_books,
    note
from {{ ref('published_figure_checks') }}
where evidence = 'independent'
order by
    case verdict when 'contradicted' then 1 else 2 end asc,
    figure_id asc
