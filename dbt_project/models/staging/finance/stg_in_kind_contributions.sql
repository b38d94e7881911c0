{{ staged('in_kind_contributions', trail=['source_symbol', 'source_address', '_delivery_id', '_source_row']) }}

select * from renamed
