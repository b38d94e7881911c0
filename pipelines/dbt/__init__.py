"""dbt as we run it: the child process, the manifest, lineage, descriptions. Whatever knows dbt's insides belongs here; SQL does not."""
