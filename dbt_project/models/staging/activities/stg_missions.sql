with missions as (
    select * from {{ ref('raw_missions') }}
),

renamed as (
    select
        book || ':' || mission_id as mission_key,
        mission_id,
        book,
        record_basis,
        entity,
        joint_entities,
        subprogramme,
        mission_type,
        status,
        modality,
        start_date,
        end_date,
        cast(extract(year from start_date) as integer) as fiscal_year,
        recipients,
        scope,
        funding_source,
        on_request,
        request_id,
        project_id,
        adviser_type,
        adviser_days,
        cost_amount,
        currency,
        topic,
        priority_area,
        partners,
        rc_notified_on,
        normative_instrument,
        source_symbol,
        source_address,
        as_of,
        _delivery_id,
        _source_row
    from missions
)

select * from renamed
