with funding_levels as (
    {{ funding_levels() }}
)

select * from funding_levels
