"""What rooms hand to each other: deliveries, tables, parts, check results, errors. No behaviour beyond their own words."""
