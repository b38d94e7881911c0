-- Which measure of a ledger says what was spent: of one with disbursements, these and expenditures together; of others, the one that they hold.
with ledgers as (
    select
        book,
        entity,
        record_basis,
        measure
    from {{ ref('int_measure_values') }}
    where measure in ('disbursement_usd', '{{ spent_measures() | join("', '") }}')
    group by book, entity, record_basis, measure
),

disbursing as (
    select
        book,
        entity,
        record_basis
    from ledgers
    where measure = 'disbursement_usd'
),

spent as (
    select
        ledgers.book,
        ledgers.entity,
        ledgers.record_basis,
        ledgers.measure
    from ledgers
    left join disbursing
        on
            ledgers.book = disbursing.book
            and ledgers.entity = disbursing.entity
            and ledgers.record_basis = disbursing.record_basis
    where
        ledgers.measure in ('{{ spent_measures() | join("', '") }}')
        and (ledgers.measure = '{{ spent_measures()[0] }}') = (disbursing.entity is not null)
)

select * from spent
