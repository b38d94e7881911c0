-- How many source records of each measure have no exchange rate or no value that anybody knows, counted as in int_measure_values.
{{ measures_by_place(ref('int_transaction_unconverted'), records='unconverted_rows', has_values=false) }}
