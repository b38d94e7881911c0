"""The checks on what the warehouse puts out: suites as code, the runner, their results and pages.

Each fact is checked once, in its home: the shape of a row in `pipelines/contracts`, keys and arithmetic inside the warehouse in dbt,
the laws on the public tables and their plausibility here. Great Expectations is imported inside functions only: it costs seconds.
"""
