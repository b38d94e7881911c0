-- A code is used again when a structure changes, so a text is read anew on every day on which one of its labels changes its meaning.
with texts as (
    select distinct
        entity,
        subprogrammes
    from {{ ref('int_split_texts') }}
),

labels as (
    select * from {{ ref('int_subprogramme_labels') }}
),

named as (
    select distinct
        entity,
        label,
        subprogramme
    from {{ ref('int_subprogrammes_named') }}
),

days_used as (
    select * from {{ ref('int_days_used') }}
),

items as (
    {{ split_items('texts', ['entity', 'subprogrammes'], 'subprogrammes') | indent(4) }}
),

labelled as (
    select
        entity,
        subprogrammes,
        item_position,
        lower(trim(split_part(item, ':', 1))) as label,
        split_part(item, ':', 2) as share_text
    from items
),

starts as (
    select
        texts.entity,
        texts.subprogrammes,
        days_used.first_day as valid_from
    from texts
    cross join days_used
    union distinct
    select
        labelled.entity,
        labelled.subprogrammes,
        labels.valid_from
    from labelled
    inner join labels on labelled.entity = labels.entity and labelled.label = labels.label
    cross join days_used
    where labels.valid_from > days_used.first_day and labels.valid_from <= days_used.last_day
    union distinct
    select
        labelled.entity,
        labelled.subprogrammes,
        labels.valid_to as valid_from
    from labelled
    inner join labels on labelled.entity = labels.entity and labelled.label = labels.label
    cross join days_used
    where labels.valid_to > days_used.first_day and labels.valid_to <= days_used.last_day
),

read_items as (
    select
        starts.entity,
        starts.subprogrammes,
        starts.valid_from,
        labelled.item_position,
        labelled.share_text,
        coalesce(labels.subprogramme, named.subprogramme, 'UNKNOWN') as code
    from starts
    inner join labelled
        on
            starts.entity = labelled.entity
            and starts.subprogrammes = labelled.subprogrammes
    left join labels
        on
            labelled.entity = labels.entity
            and labelled.label = labels.label
            and (labels.valid_from is null or starts.valid_from >= labels.valid_from)
            and (labels.valid_to is null or starts.valid_from < labels.valid_to)
    left join named
        on
            labelled.entity = named.entity
            and labelled.label = named.label
),

compared as (
    select
        *,
        lag(code) over (partition by entity, subprogrammes, item_position order by valid_from) as code_before
    from read_items
),

-- a day on which no label changed its meaning begins no new period
changes as (
    select
        entity,
        subprogrammes,
        valid_from
    from compared
    where code_before is null or code_before <> code
    group by entity, subprogrammes, valid_from
),

periods as (
    select
        entity,
        subprogrammes,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by entity, subprogrammes order by valid_from), date '9999-12-31'
        ) as valid_to
    from changes
),

items_of_periods as (
    select
        read_items.entity,
        read_items.subprogrammes,
        periods.valid_from,
        periods.valid_to,
        read_items.item_position,
        read_items.share_text,
        read_items.code
    from periods
    inner join read_items
        on
            periods.entity = read_items.entity
            and periods.subprogrammes = read_items.subprogrammes
            and periods.valid_from = read_items.valid_from
),

weights as (
    {{ split_weights('items_of_periods', ['entity', 'subprogrammes', 'valid_from', 'valid_to']) | indent(4) }}
),

shares as (
    select
        weights.entity,
        weights.subprogrammes,
        -- the first period is open to the past
        case when weights.valid_from = days_used.first_day then date '0001-01-01' else weights.valid_from end as valid_from,
        weights.valid_to,
        weights.code as subprogramme,
        weights.code_position,
        weights.weight,
        weights.denominator,
        weights.split_rule,
        weights.stated_pct
    from weights
    cross join days_used
    union all
    select
        entity,
        subprogrammes,
        date '0001-01-01' as valid_from,
        date '9999-12-31' as valid_to,
        'UNALLOCATED' as subprogramme,
        1 as code_position,
        1 as weight,
        1 as denominator,
        'unallocated' as split_rule,
        cast(null as decimal(12, 6)) as stated_pct
    from texts
    where subprogrammes = ''
)

select * from shares
