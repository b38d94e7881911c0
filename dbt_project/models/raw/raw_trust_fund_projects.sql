{{ raw_table('trust_fund_projects') }}
