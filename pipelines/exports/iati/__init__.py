"""Projects of a release as activity files of the International Aid Transparency Initiative (IATI), version 2.03.

What is written and from which columns: docs/iati-export.md. Reading such files: `pipelines.iati`.
"""
