{{ staged('missions', keyed_by='mission_id', units={'adviser_days': 'adviser_day_units'}) }}

select * from renamed
