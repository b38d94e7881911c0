{{ raw_table('exchange_rates') }}
