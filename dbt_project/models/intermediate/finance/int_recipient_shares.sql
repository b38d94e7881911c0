-- A text is read anew on every day on which one of its recipients changes its region, so that `first_in_…` holds throughout a period:
-- 1 for the first recipient of a region within the text, else 0. Adding it up counts records, not recipients, per region.
{% set schemes = exclusive_schemes() %}

with texts as (
    select distinct recipients
    from {{ ref('int_split_texts') }}
),

places as (
    select * from {{ ref('int_places') }}
),

days_used as (
    select * from {{ ref('int_days_used') }}
),

epochs as (
    select
        epoch,
        min(day) as first_day
    from {{ ref('int_reference_epochs') }}
    group by epoch
),

regions as (
    select * from {{ ref('int_recipient_regions') }}
    where region_scheme in ('{{ schemes | join("', '") }}')
),

items as (
    {{ split_items('texts', ['recipients'], 'recipients') | indent(4) }}
),

read_items as (
    select
        items.recipients,
        items.item_position,
        split_part(items.item, ':', 2) as share_text,
        coalesce(places.recipient, 'UNKNOWN') as code
    from items
    left join places on trim(split_part(items.item, ':', 1)) = places.label
),

weights as (
    {{ split_weights('read_items', ['recipients']) | indent(4) }}
),

compared as (
    select
        regions.recipient,
        epochs.first_day,
        regions.region,
        lag(regions.region) over (partition by regions.recipient, regions.region_scheme order by epochs.first_day) as region_before
    from regions
    inner join epochs on regions.epoch = epochs.epoch
),

changes as (
    select distinct
        compared.recipient,
        compared.first_day
    from compared
    cross join days_used
    where
        compared.region <> compared.region_before
        and compared.first_day > days_used.first_day
        and compared.first_day <= days_used.last_day
),

-- where there is one recipient only, it is the first whatever its region
several as (
    select recipients
    from weights
    group by recipients
    having count(*) > 1
),

starts as (
    select
        recipients,
        date '0001-01-01' as valid_from
    from texts
    union distinct
    select
        weights.recipients,
        changes.first_day as valid_from
    from weights
    inner join several on weights.recipients = several.recipients
    inner join changes on weights.code = changes.recipient
),

periods as (
    select
        recipients,
        valid_from,
        coalesce(lead(valid_from) over (partition by recipients order by valid_from), date '9999-12-31') as valid_to
    from starts
),

recipient_schemes as (
    select
        recipient,
        max(recipient_scheme) as recipient_scheme
    from places
    group by recipient
),

weights_of_periods as (
    select
        periods.recipients,
        periods.valid_from,
        periods.valid_to,
        weights.code as recipient,
        coalesce(recipient_schemes.recipient_scheme, 'unknown') as recipient_scheme,
        weights.code_position,
        weights.weight,
        weights.denominator,
        weights.split_rule,
        weights.stated_pct,
        -- the epoch that tells the regions of the period
        case when periods.valid_from < days_used.first_day then days_used.first_day else periods.valid_from end as region_day,
        several.recipients is not null as has_several
    from periods
    inner join weights on periods.recipients = weights.recipients
    left join several on periods.recipients = several.recipients
    left join recipient_schemes on weights.code = recipient_schemes.recipient
    cross join days_used
),

regions_of_days as (
    select
        days.region_day,
        regions.recipient,
        {% for scheme in schemes %}
        max(case when regions.region_scheme = '{{ scheme }}' then regions.region end) as {{ scheme }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from (
        select distinct region_day
        from weights_of_periods
        where has_several
    ) as days
    inner join {{ ref('int_reference_epochs') }} as day_epochs on days.region_day = day_epochs.day
    inner join regions on day_epochs.epoch = regions.epoch
    group by days.region_day, regions.recipient
),

shares as (
    select
        weights_of_periods.recipients,
        weights_of_periods.valid_from,
        weights_of_periods.valid_to,
        weights_of_periods.recipient,
        weights_of_periods.recipient_scheme,
        weights_of_periods.code_position,
        weights_of_periods.weight,
        weights_of_periods.denominator,
        weights_of_periods.split_rule,
        weights_of_periods.stated_pct,
        {% for scheme in schemes %}
        case
            when
                row_number() over (
                    partition by
                        weights_of_periods.recipients, weights_of_periods.valid_from, coalesce(regions_of_days.{{ scheme }}, 'UNKNOWN')
                    order by weights_of_periods.code_position
                ) = 1 then 1
            else 0
        end as first_in_{{ scheme }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from weights_of_periods
    left join regions_of_days
        on
            weights_of_periods.recipient = regions_of_days.recipient
            and weights_of_periods.region_day = regions_of_days.region_day
    union all
    select
        recipients,
        date '0001-01-01' as valid_from,
        date '9999-12-31' as valid_to,
        'UNALLOCATED' as recipient,
        'unallocated' as recipient_scheme,
        1 as code_position,
        1 as weight,
        1 as denominator,
        'unallocated' as split_rule,
        cast(null as decimal(12, 6)) as stated_pct,
        {% for scheme in schemes %}
        1 as first_in_{{ scheme }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from texts
    where recipients = ''
)

select * from shares
