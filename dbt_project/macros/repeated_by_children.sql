{#-
  CTE `repeated`, as `iati_identifier` and `item`: items (transactions, budgets) of activities that activities below them repeat, so that of each
  repetition exactly one counts, that of the lowest level. Items repeat one another if they are equal in all `keys` and differ in nothing that both
  state. As many of a parent's are repeated as its children have.

  Where activities name each other both ways, or in a circle of any length, "below" has no meaning: of those in a circle the deeper in the hierarchy
  lies below, then the later identifier, whoever names whom. Only relations count between activities that do have equal items.

  Args:
      items: relation with `iati_identifier`, the item's number, the keys and what may differ.
      item: column with the number of an item within its activity.
      keys: columns that must be equal.
      stated: columns that must not differ where both sides state them.
      organisations: of organisations that must not differ where both sides state them, the columns `<organisation>_ref` and `<organisation>_name`;
          names are compared where not both sides have an identifier.
-#}
{% macro repeated_by_children(items, item, keys, stated=[], organisations=[]) -%}
{%- set compared = stated | list -%}
{%- for organisation in organisations %}{% do compared.extend([organisation ~ '_ref', organisation ~ '_name']) %}{% endfor -%}
{%- set signature = (['iati_identifier'] + keys + compared) | join(', ') -%}
related as (
    select * from {{ ref('int_iati_families') }}
),

-- items that state the same are interchangeable: one number for all of them
family_items as (
    select
        iati_identifier,
        {{ item }} as item,
        {{ (keys + compared) | join(',\n        ') }},
        min({{ item }}) over (partition by {{ signature }}) as signature,
        count(*) over (partition by {{ signature }}) as copies,
        row_number() over (partition by {{ signature }} order by {{ item }}) as copy_number
    from {{ items }}
    where
        iati_identifier in (select related.parent_identifier from related)
        or iati_identifier in (select related.child_identifier from related)
),

signatures as (
    select * from family_items
    where copy_number = 1
),

edges as (
    select distinct
        related.parent_identifier,
        related.child_identifier
    from related
    {{ _equal_items('related', keys, stated, organisations) | indent(4) }}
),

-- where there is a circle, each of its activities is both parent and child
inner_edges as (
    select * from edges
    where
        edges.child_identifier in (select above.parent_identifier from edges as above)
        and edges.parent_identifier in (select below.child_identifier from edges as below)
),

descendants as (
    {{ reachable_pairs('inner_edges', 'parent_identifier', 'child_identifier') | indent(4) }}
),

circles as (
    select
        descendants.from_node as higher_identifier,
        descendants.to_node as lower_identifier
    from descendants
    inner join descendants as back
        on
            descendants.from_node = back.to_node
            and descendants.to_node = back.from_node
    inner join {{ ref('stg_iati_activities') }} as higher on descendants.from_node = higher.iati_identifier
    inner join {{ ref('stg_iati_activities') }} as deeper on descendants.to_node = deeper.iati_identifier
    where
        higher.hierarchy < deeper.hierarchy
        or (higher.hierarchy = deeper.hierarchy and higher.iati_identifier < deeper.iati_identifier)
),

ordered as (
    select
        edges.parent_identifier,
        edges.child_identifier
    from edges
    left join circles
        on
            least(edges.parent_identifier, edges.child_identifier) = least(circles.higher_identifier, circles.lower_identifier)
            and greatest(edges.parent_identifier, edges.child_identifier) = greatest(circles.higher_identifier, circles.lower_identifier)
    where circles.higher_identifier is null
    union all
    select
        higher_identifier as parent_identifier,
        lower_identifier as child_identifier
    from circles
),

meetings as (
    select
        parent.iati_identifier,
        parent.signature,
        child.iati_identifier as child_identifier,
        child.signature as child_signature,
        child.copies,
        parent.{{ keys | join(',\n        parent.') }}
    from ordered
    {{ _equal_items('ordered', keys, stated, organisations) | indent(4) }}
),

of_signatures as (
    select
        iati_identifier,
        signature,
        sum(copies) as copies
    from meetings
    group by iati_identifier, signature
),

of_parents as (
    select
        iati_identifier,
        {{ keys | join(',\n        ') }},
        sum(copies) as copies
    from (
        select distinct
            iati_identifier,
            child_identifier,
            child_signature,
            copies,
            {{ keys | join(',\n            ') }}
        from meetings
    ) as told
    group by iati_identifier, {{ keys | join(', ') }}
),

candidates as (
    select
        family_items.iati_identifier,
        family_items.item,
        of_parents.copies,
        row_number() over (
            partition by family_items.iati_identifier, family_items.{{ keys | join(', family_items.') }}
            order by family_items.copy_number, family_items.item
        ) as place
    from family_items
    inner join of_signatures
        on
            family_items.iati_identifier = of_signatures.iati_identifier
            and family_items.signature = of_signatures.signature
            and family_items.copy_number <= of_signatures.copies
    inner join of_parents
        on
            family_items.iati_identifier = of_parents.iati_identifier
            {%- for key in keys %}
            and family_items.{{ key }} = of_parents.{{ key }}
            {%- endfor %}
),

repeated as (
    select
        iati_identifier,
        item
    from candidates
    where place <= copies
)
{%- endmacro %}

{#- Joins the items of a parent and of its child that are equal in the keys and differ in nothing that both state. -#}
{% macro _equal_items(relations, keys, stated, organisations) -%}
inner join signatures as parent on {{ relations }}.parent_identifier = parent.iati_identifier
inner join signatures as child
    on
        {{ relations }}.child_identifier = child.iati_identifier
        {%- for key in keys %}
        and parent.{{ key }} = child.{{ key }}
        {%- endfor %}
        {%- for column in stated %}
        and coalesce(parent.{{ column }} = child.{{ column }}, true)
        {%- endfor %}
        {%- for organisation in organisations %}
        and coalesce(
            parent.{{ organisation }}_ref = child.{{ organisation }}_ref, parent.{{ organisation }}_name = child.{{ organisation }}_name, true
        )
        {%- endfor %}
{%- endmacro %}
