"""Published figures: that a verdict says what its own row shows, and that none turns without being noticed."""

from __future__ import annotations

from pipelines.validate.suites.checks import Check, Suite, Tables

TABLE = "marts.published_figure_checks"
NEWLY_CONTRADICTED = "prepared.newly_contradicted"


def checks(tables: Tables) -> list[Check]:
    """The checks on the ledger of published statements."""
    return [
        Check(
            name="verdicts_are_known",
            target=TABLE,
            expectation="ExpectColumnValuesToBeInSet",
            arguments={"column": "verdict", "value_set": ["confirmed", "contradicted", "not_computable"]},
            expected="confirmed, contradicted or not_computable",
            protects="Every statement has one of three verdicts.",
        ),
        Check(
            name="evidence_is_known",
            target=TABLE,
            expectation="ExpectColumnValuesToBeInSet",
            arguments={"column": "evidence", "value_set": ["independent", "same_document", "illustrative"]},
            expected="independent, same_document or illustrative",
            protects="A figure tested against its own source is not counted as proof.",
        ),
        Check(
            name="verdicts_follow_from_figures",
            target=TABLE,
            query="""select figure_id, verdict, computed_value, accepted_from, accepted_to from {batch}
                     where (verdict = 'not_computable') <> (computed_value is null)
                        or (verdict = 'confirmed' and (computed_value < accepted_from or computed_value > accepted_to))
                        or (verdict <> 'not_computable' and coalesce(rows_behind, 0) = 0)""",
            expected="computed value, rows behind it and bounds agree with the verdict",
            protects="A confirmed statement lies within the bounds printed beside it.",
        ),
        Check(
            name="independent_is_not_illustrative",
            target=TABLE,
            law=7,
            query="select figure_id, evidence, record_basis from {batch} where evidence = 'independent' and record_basis = 'illustrative'",
            expected="no constructed rows behind independent evidence",
            protects="Constructed records never prove a published figure.",
        ),
        Check(
            name="newly_contradicted",
            target=TABLE,
            severity="warning",
            reads=NEWLY_CONTRADICTED,
            query="select * from {batch}",
            expected="no independent statement contradicted that was not so in the previous release",
            protects="A delivery that turns a confirmed statement is seen before a reader sees it.",
        ),
    ]


def newly_contradicted(before: str | None) -> str:
    """The query for independent statements that were not contradicted in the previous release and are now.

    Args:
        before: name under which the previous release is attached; None for the first release, in which nothing is new.
    """
    now = f"""select figure_id, statement, computed_value, accepted_from, accepted_to from techcoop.{TABLE}
              where verdict = 'contradicted' and evidence = 'independent'"""
    return f"{now} and figure_id in (select figure_id from {before}.{TABLE} where verdict <> 'contradicted')" if before else f"{now} and false"


SUITE = Suite(name="published_figures", title="Published figures and what the records say", checks=checks)
