-- Every split that any record states. Only distinct texts are read, so that ten million transactions cost as little as their projects.
{% set ask_their_project = ['project_transactions', 'in_kind_contributions'] %}

with projects as (
    select * from {{ ref('stg_trust_fund_projects') }}
),

transactions as (
    select distinct
        project_id,
        subprogrammes,
        recipients
    from {{ ref('stg_project_transactions') }}
    where subprogrammes is not null or recipients is not null
),

in_kind as (
    select * from {{ ref('stg_in_kind_contributions') }}
),

texts as (
    -- what a transaction of an unknown project points at
    select
        'UNKNOWN' as entity,
        '' as subprogrammes,
        '' as recipients
    union distinct
    select
        coalesce(projects.entity, 'UNKNOWN') as entity,
        coalesce(transactions.subprogrammes, projects.subprogrammes, '') as subprogrammes,
        coalesce(transactions.recipients, projects.recipients, '') as recipients
    from transactions
    left join projects on transactions.project_id = projects.project_id
    union distinct
    select
        in_kind.entity,
        coalesce(in_kind.subprogramme, projects.subprogrammes, '') as subprogrammes,
        coalesce(in_kind.recipients, projects.recipients, '') as recipients
    from in_kind
    left join projects on in_kind.project_id = projects.project_id
    {%- for name, source in registered(['divided']).items() if name not in ask_their_project %}
    union distinct
    select
        entity,
        {{ 'coalesce(' ~ source.divided.subprogrammes ~ ", '')" if source.divided.subprogrammes else "''" }} as subprogrammes,
        {{ 'coalesce(' ~ source.divided.recipients ~ ", '')" if source.divided.recipients else "''" }} as recipients
    from {{ ref('stg_' ~ name) }}
    {%- endfor %}
)

select * from texts
