"""Write, audit, publish: the lock, one run's folder, releases and their rollback, the fingerprint, the status.

Plain Python on paths and JSON: nothing here computes.
"""
