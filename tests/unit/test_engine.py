"""Errors of the engine itself are met with one thread, and told without a stack."""

import duckdb
import pytest

from pipelines import engine
from pipelines.engine import EngineError, is_internal, plain, says_internal, told, tried_twice

RACE = (
    "INTERNAL Error: Attempted to access index 1 within vector of size 1\n\nStack Trace:\n\n"
    "/lib/duckdb.so(_ZN6duckdb9ExceptionC1E+0x41) [0x7f]\n/lib/duckdb.so(WindowLocalSourceState+0x12) [0x7e]\n\n"
    "This error signals an assertion failure within DuckDB. This usually occurs due to unexpected conditions or errors in the program's logic."
)
PYTHON = (
    'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    g()\n    ~^^\n  File "b.py", line 4, in g\n    raise X\nValueError: no such thing\n'
)


def test_stacks_are_cut_off():
    assert plain(RACE) == "INTERNAL Error: Attempted to access index 1 within vector of size 1"
    assert plain(f"dbt stopped\n{PYTHON}") == "dbt stopped ValueError: no such thing"
    assert plain("two\nlines") == "two lines"


def test_what_is_told_says_what_to_do_and_holds_no_stack():
    said = told(f"(_duckdb.InternalException) {RACE}")
    assert "Attempted to access index 1 within vector of size 1" in said and "Run again" in said
    assert "Stack Trace" not in said and "\n" not in said and "duckdb.so" not in said


def test_error_of_the_engine_is_known_from_others_and_through_causes():
    assert is_internal(duckdb.InternalException(RACE)) and not is_internal(duckdb.BinderException("no such column"))
    try:
        try:
            raise duckdb.InternalException(RACE)
        except duckdb.Error as error:
            raise LookupError("a check could not run") from error
    except LookupError as error:
        assert is_internal(error)
    assert says_internal("FATAL Error: Failed: database has been invalidated because of a previous fatal error") and not says_internal(None)


def test_reading_step_is_tried_once_more_with_one_thread():
    seen, said = [], []

    def work():
        seen.append(engine.threads())
        if len(seen) == 1:
            raise duckdb.InternalException(RACE)
        return "answer"

    assert tried_twice(work, said.append) == "answer"
    assert seen == [2, 1] and engine.threads() == 2 and said == [engine.AGAIN]


def test_error_that_stays_is_one_line():
    def work():
        raise duckdb.InternalException(RACE)

    with pytest.raises(EngineError) as raised:
        tried_twice(work)
    assert "\n" not in str(raised.value) and "Stack" not in str(raised.value)


def test_error_of_the_statement_is_not_tried_again():
    seen = []

    def work():
        seen.append(1)
        raise duckdb.CatalogException("no such table")

    with pytest.raises(duckdb.CatalogException):
        tried_twice(work)
    assert seen == [1]


def test_no_extension_wheel_is_installed_or_wanted():
    """Extension wheels exist up to 1.5.5 and load on exactly their version: a run that used one could not have its engine mended."""
    from importlib.metadata import distributions

    from pipelines import settings

    assert not [found.metadata["Name"] for found in distributions() if (found.metadata["Name"] or "").startswith("duckdb-extension")]
    for lock in ("requirements.lock", "requirements-test.lock"):
        lines = (settings.PROJECT / lock).read_text().splitlines()
        assert not [line for line in lines if line.startswith("duckdb-extension")]
        assert [line.split()[0] for line in lines if line.startswith("duckdb==")] == ["duckdb==1.5.6"]
    texts = [file.read_text("utf-8") for folder in ("pipelines", "dbt_project/models", "dbt_project/macros") for file in _sources(settings.PROJECT / folder)]
    assert not [text for text in texts if "install_extension" in text or "load_extension" in text]


def _sources(folder):
    return [file for file in folder.rglob("*") if file.suffix in (".py", ".sql", ".yml")]


@pytest.mark.slow
def test_window_functions_do_not_race():
    """The reproducer of duckdb issue 22352: many small partitions, several threads, several connections at once (5 of 3,571 queries failed in 1.5.5)."""
    from concurrent.futures import ThreadPoolExecutor

    statement = """select count(*), sum(place), max(share) from (
        select row_number() over (partition by key order by value) as place, sum(value) over (partition by key order by value rows 3 preceding) as running,
               value / nullif(sum(value) over (partition by key), 0) as share, lag(value) over (partition by key % 7 order by value, key) as before
        from (select range % {keys} as key, hash(range) % 1000 as value from range({rows})))"""

    def ask(number):
        with duckdb.connect(config={"threads": 4}) as connection:
            sql = statement.format(keys=(1, 3, 50, 2000)[number % 4], rows=(900, 5000, 130_000)[number % 3])
            return number % 12, [connection.execute(sql).fetchone() for _ in range(10)]

    answers = {}
    with ThreadPoolExecutor(4) as pool:
        for kind, found in pool.map(ask, range(360)):
            assert answers.setdefault(kind, found[0]) == found[0] and len(set(found)) == 1
