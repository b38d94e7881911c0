-- Joining is a matter of days; receiving is known per epoch, the time between two changes of membership, so that a year in which a country joins is
-- divided on the very day. Amounts are not added: the books that tell of receiving and of giving are different ones.
with members as (
    select
        members.country_group,
        members.country,
        members.valid_from as joined_on,
        epochs.epoch as joined_in
    from {{ ref('int_country_group_members') }} as members
    inner join {{ ref('country_groups') }} as country_groups
        on
            members.country_group = country_groups.country_group
            and country_groups.group_kind = 'regional_organization'
    inner join {{ ref('int_reference_epochs') }} as epochs on members.valid_from = epochs.day
    where members.membership_kind = 'member'
),

received as (
    select
        entity,
        record_basis,
        recipient,
        epoch,
        max(fiscal_year) as fiscal_year,
        max(case when measure = 'spending_usd' then 1 else 0 end) as has_spending,
        max(case when measure in ('mission_count', 'event_count') then 1 else 0 end) as has_activities
    from {{ ref('int_measure_values') }}
    where reporter_role = 'primary' and measure in ('spending_usd', 'mission_count', 'event_count')
    group by entity, record_basis, recipient, epoch
),

recipients as (
    select
        received.entity,
        received.record_basis,
        members.country_group,
        members.country,
        members.joined_on,
        max(received.fiscal_year) as last_received_year,
        max(received.has_spending) = 1 as received_money,
        max(received.has_activities) = 1 as received_activities
    from received
    inner join members
        on
            received.recipient = members.country
            and received.epoch < members.joined_in
    group by received.entity, received.record_basis, members.country_group, members.country, members.joined_on
),

-- A year of a fund that had begun before the country joined does not tell on which side of the day it gave.
given as (
    select
        projects.entity,
        terms.record_basis,
        terms.provider as country,
        transactions.transaction_date as first_day,
        transactions.transaction_date as last_day
    from {{ ref('int_transactions_converted') }} as transactions
    inner join {{ ref('int_transaction_terms') }} as terms on transactions.terms_number = terms.terms_number
    inner join {{ ref('int_project_splits') }} as projects on transactions.project_number = projects.project_number
    where terms.transaction_type = 'contribution' and transactions.amount_cents > 0
    group by projects.entity, terms.record_basis, terms.provider, transactions.transaction_date
    union all
    select
        entity,
        record_basis,
        donor as country,
        period_start as first_day,
        period_end as last_day
    from {{ ref('int_fund_movements') }}
    where movement = 'contribution' and is_latest_vintage and amount_cents > 0
),

-- what is not recorded any more is not "none gave"
recorded as (
    select
        entity,
        record_basis,
        max(last_day) as giving_known_until
    from given
    group by entity, record_basis
),

turned as (
    select
        recipients.entity,
        recipients.record_basis,
        recipients.country_group,
        recipients.country,
        recipients.joined_on,
        recipients.last_received_year,
        recipients.received_money,
        recipients.received_activities,
        coalesce(max(case when given.last_day < recipients.joined_on then 1 else 0 end), 0) = 1 as gave_before,
        min(case when given.first_day >= recipients.joined_on then given.first_day end) as first_given_on,
        max(recorded.giving_known_until) as giving_known_until
    from recipients
    left join recorded
        on
            recipients.entity = recorded.entity
            and recipients.record_basis = recorded.record_basis
    left join given
        on
            recipients.entity = given.entity
            and recipients.record_basis = given.record_basis
            and recipients.country = given.country
    group by
        recipients.entity, recipients.record_basis, recipients.country_group, recipients.country, recipients.joined_on,
        recipients.last_received_year, recipients.received_money, recipients.received_activities
)

select * from turned
