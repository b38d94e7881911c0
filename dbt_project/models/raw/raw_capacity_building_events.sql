{{ raw_table('capacity_building_events') }}
