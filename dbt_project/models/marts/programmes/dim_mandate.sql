with mandates as (
    select * from {{ ref('mandates') }}
),

described as (
    select
        programme,
        mandate_level,
        objective,
        priority,
        function_code,
        activity,
        wording,
        counterpart,
        activity_type,
        obligation,
        valid_from,
        valid_to,
        source_paragraph,
        source
    from mandates
)

select * from described
