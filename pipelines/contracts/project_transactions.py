"""Contract of `project_transactions`: money promised to projects, received for them and spent by them."""

from __future__ import annotations

import dataframely as dy

from pipelines.contracts.columns import Conversion, Source, code, currency_code, day, money, split, text


class ProjectTransactions(dy.Schema):
    """One row per money movement.

    No rule binds the sign: a negative line of any type corrects an earlier one, and a `refund` may be booked either way.
    Where a refund is split, it mirrors the payment it undoes.
    """

    transaction_id = text("the organisation's number of the transaction", required=True)
    project_id = text("project of `trust_fund_projects`", required=True)
    transaction_type = code("what moved", ("pledge", "contribution", "commitment", "disbursement", "expenditure", "refund"), required=True)
    cost_class = code("direct cost or programme support", ("direct", "programme_support"))
    transaction_date = day("day of the movement; its year is the fiscal year", required=True)
    amount = money("amount; negative where it corrects", required=True)
    currency = currency_code(required=True)
    value_date = day("day whose exchange rate holds; the transaction date if empty")
    provider = text("who gives")
    receiver = text("who receives")
    recipients = split("countries or groups of this transaction; overrides the project's")
    subprogrammes = split("subprogrammes of this transaction; overrides the project's")


SOURCE = Source(
    name="project_transactions",
    grain="one row per money movement",
    domain="finance",
    schema=ProjectTransactions,
    key=("transaction_id",),
    is_key_tested=False,
    row_date="transaction_date",
    amount_columns=("amount",),
    measure_column="transaction_type",
    conversion=Conversion(on=("value_date", "transaction_date")),
    fact="fct_spending",
    days=("transaction_date",),
    is_divided=True,
    split_columns=("recipients", "subprogrammes"),
    place_columns=("recipients",),
    references={"project_id": "trust_fund_projects", "subprogrammes": "subprogrammes"},
    default_book="project_ledger",
)
