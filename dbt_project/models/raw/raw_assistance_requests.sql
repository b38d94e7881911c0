{{ raw_table('assistance_requests') }}
