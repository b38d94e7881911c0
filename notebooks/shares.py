"""Where technical cooperation goes: a notebook over the current release.

    marimo edit notebooks/shares.py      to work with it
    python notebooks/shares.py           to run it through

It reads `TECHCOOP_HOME` (default `warehouse`) and writes nothing.
"""

import marimo

__generated_with = "0.17.0"
app = marimo.App(width="medium")


@app.cell
def _():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    home = Path(os.environ.get("TECHCOOP_HOME", "warehouse"))
    release = duckdb.connect(str(home / "techcoop.duckdb"), read_only=True)

    def ask(sql, *values):
        """The answer as a list of rows by column name."""
        found = release.execute(sql, list(values))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return alt, ask, mo


@app.cell
def _(ask, mo):
    (about,) = ask("select release_id, as_of from audit.release")
    mo.md(
        f"""
        # Where technical cooperation goes

        Release **{about["release_id"]}**, as of **{about["as_of"]}**. Take totals within one book, record basis, measure and period type: the same money
        stands in several books, and illustrative records are constructed.
        """
    )
    return (about,)


@app.cell
def _(ask):
    # The parts of a whole with their shares, without a word about levels or splits.
    environment = ask(
        """select fiscal_year, part_name, cast(value as bigint) as usd, cast(rounded_pct as double) as rounded_pct
           from share_of('subprogramme', of_entity := 'ECE', from_funds := 'extrabudgetary', in_book := 'programme_budget', on_basis := 'published')
           order by fiscal_year, usd desc"""
    )
    return (environment,)


@app.cell
def _(alt, environment, mo):
    chart = (
        alt.Chart(alt.Data(values=environment), title="ECE: extrabudgetary expenditure by subprogramme, programme budget (published)")
        .mark_bar()
        .encode(
            x=alt.X("fiscal_year:O", title=None),
            y=alt.Y("usd:Q", title="US$"),
            color=alt.Color("part_name:N", title="subprogramme"),
            tooltip=["fiscal_year:O", "part_name:N", "usd:Q", "rounded_pct:Q"],
        )
    )
    mo.vstack([chart, mo.ui.table(environment, pagination=True)])
    return (chart,)


@app.cell
def _(ask, mo):
    statements = ask("""select verdict, evidence, count(*) as statements from marts.published_figure_checks group by all order by all""")
    mo.vstack([mo.md("## What published statements say, and what the records say"), mo.ui.table(statements)])
    return (statements,)


@app.cell
def _(ask, mo):
    recipients = ask(
        """select recipient, sum(amount_usd) as amount_usd, sum(transactions) as transactions
           from spent_on(in_year := 2004, on_basis := 'illustrative', in_book := 'project_ledger')
           group by recipient order by amount_usd desc limit 10"""
    )
    mo.vstack([mo.md("## Who received what in 2004 (illustrative records)"), mo.ui.table(recipients)])
    return (recipients,)


if __name__ == "__main__":
    app.run()
