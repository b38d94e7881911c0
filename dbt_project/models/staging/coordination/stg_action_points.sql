with action_points as (
    {{ with_entity('action_points', column='responsible_entity') }}
),

renamed as (
    select
        action_points.book || ':' || action_points.action_id as action_key,
        {{ carried('action_points', 'action_points', made=['agreed_not_before', 'agreed_not_after', 'responsible_entity']) }},
        action_points.book,
        action_points.record_basis,
        coalesce(action_points.agreed_on, action_points.agreed_not_before) as agreed_not_before,
        coalesce(action_points.agreed_on, action_points.agreed_not_after) as agreed_not_after,
        action_points.entity_read as entity,
        action_points.source_symbol,
        action_points.source_address,
        action_points.as_of,
        action_points._delivery_id,
        action_points._source_row
    from action_points
)

select * from renamed
