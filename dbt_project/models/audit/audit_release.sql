-- Which release this file is, for whoever holds nothing but the file.
select
    run_id as release_id,
    as_of,
    started_at as made_at,
    previous_release_id,
    '{{ target.type }}' as engine
from {{ source('landing', 'run_parameters') }}
