-- The only pass of the share tables over the exploded parts: what transactions hold by subprogramme and recipient, and how many they are. Those of
-- projects are added up by numbers, and only then told in words: twenty-six million parts are as cheap as their numbers.
{% set keys = ['book', 'entity', 'reporter_role', 'fiscal_year', 'record_basis', 'transaction_type', 'funding_source', 'project_scope', 'epoch'] %}
{% set place = ['subprogramme', 'recipient'] + record_counters() %}

{% set added_parts %}{{ wide_sum(split_part_cents(
            'transactions.amount_usd_cents', 'parts.weight_from', 'parts.weight_to', 'parts.denominator', 'parts.narrow_limit'
        )) }}{% endset %}

-- a place counts as its parts do, so that its counters times its records are the records counted
with {{ numbered_groups(
    'parts', 'places', ref('int_split_parts'), place, ['split_id', 'weight_from', 'weight_to', 'denominator', 'narrow_limit'], number='place_number'
) }},

types as (
    select distinct
        type_number,
        book,
        record_basis,
        transaction_type
    from {{ ref('int_transaction_terms') }}
),

{{ numbered_groups('projects', 'project_groups', ref('int_project_splits'), ['entity', 'funding_source', 'project_scope'], ['project_number']) }},

added as (
    select
        terms.type_number,
        projects.group_number,
        year(transactions.transaction_date) as fiscal_year,
        transactions.epoch,
        parts.place_number,
        {{ added_parts }} as value_units,
        count(*) as record_count
    from {{ ref('int_transactions_converted') }} as transactions
    inner join {{ ref('int_transaction_terms') }} as terms on transactions.terms_number = terms.terms_number
    inner join projects on transactions.project_number = projects.project_number
    inner join parts on transactions.split_id = parts.split_id
    group by terms.type_number, projects.group_number, year(transactions.transaction_date), transactions.epoch, parts.place_number
),

told as (
    select
        types.book,
        project_groups.entity,
        'primary' as reporter_role,
        cast(added.fiscal_year as integer) as fiscal_year,
        types.record_basis,
        types.transaction_type,
        project_groups.funding_source,
        project_groups.project_scope,
        added.epoch,
        added.place_number,
        added.value_units,
        added.record_count
    from added
    inner join types on added.type_number = types.type_number
    inner join project_groups on added.group_number = project_groups.group_number
    union all
    select
        {{ of('transactions', keys) }},
        parts.place_number,
        {{ added_parts }} as value_units,
        count(*) as record_count
    from {{ ref('int_iati_transactions') }} as transactions
    inner join parts on transactions.split_id = parts.split_id
    where transactions.is_counted
    group by {{ of('transactions', keys) }}, parts.place_number
),

totals as (
    select
        {{ of('told', keys) }},
        places.subprogramme,
        places.recipient,
        {{ wide_sum('told.value_units') }} as value_units,
        {{ summed_counters('places', records='told.record_count') }}
    from told
    inner join places on told.place_number = places.place_number
    group by {{ of('told', keys) }}, places.subprogramme, places.recipient
)

select * from totals
