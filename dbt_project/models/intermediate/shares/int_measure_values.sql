-- The hub of the share tables: what every measure holds, by subprogramme and recipient, and how many source records it stands on.
{{ measures_by_place(ref('int_transaction_totals'), records='record_count', has_values=true) }}
