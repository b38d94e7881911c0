-- Needs and assistance stand in the year in which the need was received, so that shares compare the same requests. Restricted requests are left
-- out: a share over few States would tell them.
with needs as (
    select * from {{ ref('int_needs') }}
    where confidentiality = 'public'
),

epochs as (
    select * from {{ ref('int_reference_epochs') }}
),

regions as (
    select * from {{ ref('int_recipient_regions') }}
    where
        region_scheme in ('country', 'm49_region', 'm49_subregion', 'un_regional_group')
        or (region_scheme = 'country_group' and region in ('LDC', 'LLDC', 'SIDS'))
),

placed as (
    select
        needs.*,
        epochs.epoch
    from needs
    left join epochs on needs.need_on = epochs.day
),

in_regions as (
    select
        placed.*,
        regions.region_scheme,
        regions.region,
        regions.region_name,
        regions.is_exclusive
    from placed
    inner join regions
        on
            placed.country = regions.recipient
            and placed.epoch = regions.epoch
    union all
    select
        placed.*,
        'legal_system' as region_scheme,
        placed.legal_system as region,
        placed.legal_system as region_name,
        true as is_exclusive
    from placed
),

measured as (
    select
        *,
        'delivered_requests' as assistance_measure,
        case when outcome = 'delivered' then 1 else 0 end as assistance_of_need
    from in_regions
    union all
    select
        *,
        'answering_activities' as assistance_measure,
        activity_count as assistance_of_need
    from in_regions
),

totals as (
    select
        book,
        record_basis,
        fiscal_year,
        count(*) as total_needs,
        count(case when outcome = 'delivered' then 1 end) as total_delivered,
        cast(sum(activity_count) as bigint) as total_activities
    from placed
    group by book, record_basis, fiscal_year
),

counted as (
    select
        measured.book,
        measured.record_basis,
        measured.fiscal_year,
        measured.assistance_measure,
        measured.region_scheme,
        measured.region,
        max(measured.region_name) as region_name,
        measured.is_exclusive,
        count(*) as needs,
        cast(sum(measured.assistance_of_need) as bigint) as assistance
    from measured
    group by
        measured.book, measured.record_basis, measured.fiscal_year, measured.assistance_measure,
        measured.region_scheme, measured.region, measured.is_exclusive
),

shared as (
    select
        counted.*,
        totals.total_needs,
        case when counted.assistance_measure = 'delivered_requests' then totals.total_delivered else totals.total_activities end as total_assistance,
        count(*) over (
            partition by counted.book, counted.record_basis, counted.fiscal_year, counted.assistance_measure, counted.region_scheme
        ) as regions_in_scheme
    from counted
    inner join totals
        on
            counted.book = totals.book
            and counted.record_basis = totals.record_basis
            and counted.fiscal_year = totals.fiscal_year
),

in_units as (
    select
        *,
        {{ share_units('needs', 'total_needs') }} as needs_units,
        {{ share_units('assistance', 'total_assistance') }} as assistance_units,
        {{ share_units('1', 'regions_in_scheme') }} as equal_units
    from shared
),

indices as (
    select
        book,
        record_basis,
        fiscal_year,
        assistance_measure,
        region_scheme,
        {{ herfindahl('needs_units') }} as hhi_needs,
        {{ herfindahl('assistance_units') }} as hhi_assistance,
        {{ theil('needs_units', 'equal_units') }} as theil_needs,
        {{ theil('assistance_units', 'equal_units') }} as theil_assistance,
        {{ theil('assistance_units', 'needs_units') }} as theil_against_needs
    from in_units
    where is_exclusive
    group by book, record_basis, fiscal_year, assistance_measure, region_scheme
),

balance as (
    select
        in_units.book,
        in_units.record_basis,
        in_units.fiscal_year,
        in_units.assistance_measure,
        in_units.region_scheme,
        in_units.region,
        in_units.region_name,
        in_units.is_exclusive,
        in_units.needs,
        in_units.total_needs,
        in_units.assistance,
        in_units.total_assistance,
        {{ percentage_of('in_units.needs', 'in_units.total_needs') }} as needs_share_pct,
        {{ percentage_of('in_units.assistance', 'in_units.total_assistance') }} as assistance_share_pct,
        cast(
            {{ percentage_of('in_units.assistance', 'in_units.total_assistance') }}
            - {{ percentage_of('in_units.needs', 'in_units.total_needs') }} as decimal(24, 6)
        ) as share_difference,
        indices.hhi_needs,
        indices.hhi_assistance,
        indices.theil_needs,
        indices.theil_assistance,
        indices.theil_against_needs
    from in_units
    left join indices
        on
            in_units.book = indices.book
            and in_units.record_basis = indices.record_basis
            and in_units.fiscal_year = indices.fiscal_year
            and in_units.assistance_measure = indices.assistance_measure
            and in_units.region_scheme = indices.region_scheme
            and in_units.is_exclusive
)

select * from balance
