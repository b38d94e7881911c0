"""Files for those who do not open the database: Parquet, CSV, a workbook, a data package, a data cube, SDMX.

What belongs here is how a released mart becomes a file. Which rows may leave is `pipelines.release.public`, what a column means is
`pipelines.dbt.described`.
"""
