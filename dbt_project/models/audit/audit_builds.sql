{{ config(meta={'of_the_run': true}) }}

-- Empty here: what the tables were made from is written when they have been made.
select
    cast(null as string) as node,
    cast(null as string) as table_name,
    cast(null as string) as structure,
    cast(null as string) as content,
    cast(null as string) as made_in
where false
