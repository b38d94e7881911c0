{#-
  The kind of money of a line: what it says, or what its fund is known to be where the line leaves that open. A fund never takes a line out of the
  family that the line names, and no money becomes a contribution in kind: totals over all sources stay what they are.

  Args:
      lines, funds: relations; `funds` is the line's fund in int_funding_codes, if there is one.
-#}
{% macro funding_source_read(lines, funds) -%}
case
            when {{ lines }}.funding_source = 'unspecified' and {{ funds }}.is_cash then {{ funds }}.funding_source
            when {{ lines }}.funding_source = {{ funds }}.funding_family then {{ funds }}.funding_source
            else {{ lines }}.funding_source
        end
{%- endmacro %}
