with projects as (
    select * from {{ ref('stg_trust_fund_projects') }}
),

described as (
    select
        book,
        project_id,
        record_basis,
        title,
        entity,
        joint_entities,
        subprogrammes,
        funding_source,
        fund_code,
        donors,
        earmarking,
        start_date,
        end_date,
        status,
        {{ from_cents('budget_cents') }} as budget_amount,
        currency,
        recipients,
        scope,
        priority_area,
        partners,
        request_ids,
        normative_instrument,
        sdg_targets,
        gender_marker,
        gender_marker_scheme,
        cooperation_modality,
        source_symbol,
        source_address,
        _delivery_id,
        _source_row
    from projects
)

select * from described
