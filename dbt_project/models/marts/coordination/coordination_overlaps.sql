-- Both ends of the window count: 90 days apart overlap, 91 do not. Cancelled and postponed activities overlap with nothing.
with activities as (
    select * from {{ ref('int_coordinated_activities') }}
    where status in ('planned', 'undertaken') and topic is not null
),

recipients as (
    select distinct
        activity_key,
        recipient
    from {{ ref('fct_activities') }}
    where recipient_scheme = 'country'
),

in_countries as (
    select
        activities.*,
        recipients.recipient as country,
        concat('|', replace(activities.joint_entities, ' ', ''), '|') as partners_in_work
    from activities
    inner join recipients on activities.activity_key = recipients.activity_key
),

pairs as (
    select
        earlier.book,
        earlier.record_basis,
        earlier.country,
        earlier.topic,
        earlier.activity_key as activity_key_1,
        earlier.entity as entity_1,
        earlier.start_date as start_date_1,
        later.activity_key as activity_key_2,
        later.entity as entity_2,
        later.start_date as start_date_2,
        later.fiscal_year,
        {{ days_between('earlier.start_date', 'later.start_date') }} as days_apart,
        cast({{ var('overlap_days') }} as integer) as window_days,
        coalesce(position(concat('|', later.entity, '|') in earlier.partners_in_work) > 0, false)
        or coalesce(position(concat('|', earlier.entity, '|') in later.partners_in_work) > 0, false) as is_joint_work,
        {{ from_cents('earlier.cost_usd_cents') }} as cost_usd_1,
        {{ from_cents('later.cost_usd_cents') }} as cost_usd_2,
        {{ from_total_cents('(earlier.cost_usd_cents + later.cost_usd_cents)') }} as cost_usd
    from in_countries as earlier
    inner join in_countries as later
        on
            earlier.book = later.book
            and earlier.record_basis = later.record_basis
            and earlier.country = later.country
            and earlier.topic = later.topic
            and earlier.entity <> later.entity
            and (
                earlier.start_date < later.start_date
                or (earlier.start_date = later.start_date and earlier.activity_key < later.activity_key)
            )
    where {{ days_between('earlier.start_date', 'later.start_date') }} <= {{ var('overlap_days') }}
)

select * from pairs
