{{ raw_table('project_transactions') }}
