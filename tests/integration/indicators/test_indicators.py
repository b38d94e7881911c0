"""Every defined indicator has a value in the shipped release, and every paragraph of the source documents is answered or says why not."""

from pipelines import settings

ANALYSES = settings.DBT_PROJECT / "analyses"


def test_every_defined_indicator_is_computed_and_no_other(shipped):
    defined = {row[0] for row in shipped.ask("select indicator from reference.indicator_definitions")[1]}
    computed = {row[0] for row in shipped.ask("select distinct indicator from marts.indicators where value is not null")[1]}
    assert defined == computed


def test_every_topic_of_the_documents_has_a_value_an_answering_table_or_a_reason(shipped):
    with_value = {row[0] for row in shipped.ask("select distinct indicator from marts.indicators where value is not null")[1]}
    _, tables = shipped.ask("select table_name from information_schema.tables where table_schema = 'marts'")
    filled = {name for (name,) in tables if shipped.one(f"select count(*) from marts.{name}")[0] > 0}
    _, topics = shipped.ask("select document, paragraph, topic, indicator, answered_by, reason_not_measured from reference.document_coverage")
    assert topics
    for document, paragraph, topic, indicator, answered_by, reason in topics:
        where = f"{document}, paragraph {paragraph}: {topic}"
        assert indicator or answered_by or reason, where
        assert indicator is None or indicator in with_value, where
        assert answered_by is None or answered_by in filled or (ANALYSES / f"{answered_by}.sql").is_file(), where
        assert not (reason and (indicator or answered_by)), where
