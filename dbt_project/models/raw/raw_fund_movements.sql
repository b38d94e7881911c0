{{ raw_table('fund_movements') }}
