"""Mapping files: what a clerk writes is followed to the letter, or refused with the key that is wrong."""

import pytest

from pipelines.mapping.apply import apply_mapping
from pipelines.mapping.load import load_mapping
from pipelines.mapping.mapping import NumberStyle, find_mapping
from pipelines.reading.tabular import read
from pipelines.shapes.errors import MappingError, UnreadableDelivery

CONTRACT = ("book", "entity", "fiscal_year", "funding_source", "fund_name", "amount", "currency")


def load(folder, text):
    path = folder / "d.csv.mapping.yml"
    path.write_text(text)
    return load_mapping(path)


def mapped(folder, delivery, text, contract=CONTRACT):
    path = folder / "d.csv"
    path.write_text(delivery)
    mapping = load(folder, text)
    return apply_mapping(read(path, mapping.read_options), mapping, contract)


def columns(table):
    return table.frame.collect().drop("_source_row").to_dict(as_series=False)


def errors(table):
    return [(finding.source_row, finding.column_name, finding.rule) for finding in table.findings if finding.severity == "error"]


def warned(table):
    return [finding.column_name for finding in table.findings if finding.rule == "extra_column"]


def test_columns_are_renamed_and_constants_added_in_the_contracts_order(tmp_path):
    table = mapped(tmp_path, "Sum,Office\n5,ECE\n", "columns: {amount: Sum, entity: Office}\nconstants: {currency: USD}")
    assert table.columns == ("entity", "amount", "currency")
    assert table.frame.collect().rows() == [(2, "ECE", "5", "USD")]


def test_without_a_mapping_nothing_changes(tmp_path):
    (tmp_path / "d.csv").write_text("a,b\n1,2\n")
    table = read(tmp_path / "d.csv")
    assert apply_mapping(table, None, CONTRACT) is table


def test_columns_with_the_contracts_name_need_no_line(tmp_path):
    table = mapped(tmp_path, "entity,Sum\nECE,5\n", "columns: {amount: Sum}")
    assert columns(table) == {"entity": ["ECE"], "amount": ["5"]} and warned(table) == []


def test_unused_columns_are_reported_unless_ignored(tmp_path):
    assert warned(mapped(tmp_path, "entity,x,y\nECE,5,6\n", "ignore: [x]")) == ["y"]


def test_column_that_a_constant_replaces_is_reported(tmp_path):
    table = mapped(tmp_path, "entity,currency\nECE,EUR\n", "constants: {currency: USD}")
    assert columns(table)["currency"] == ["USD"] and warned(table) == ["currency"]


VALUES = "columns:\n  funding_source:\n    from: TYPE\n    values: {Voluntary: extrabudgetary, NO: rptc, '': unspecified}\n"


def test_values_are_translated_and_others_stay_as_delivered(tmp_path):
    table = mapped(tmp_path, "TYPE,entity\nVoluntary,a\n NO ,a\nStrange,a\n,a\n", VALUES)
    assert columns(table)["funding_source"] == ["extrabudgetary", "rptc", "Strange", "unspecified"]


def test_otherwise_replaces_what_the_table_does_not_list(tmp_path):
    table = mapped(tmp_path, "TYPE,entity\nVoluntary,a\nStrange,a\n", VALUES + "    otherwise: unspecified\n")
    assert columns(table)["funding_source"] == ["extrabudgetary", "unspecified"]


CASES = """
columns:
  funding_source:
    from: TYPE
    cases:
      - where: {SECTION: "23", TYPE: [Regular, Assessed]}
        value: rptc
      - where: {SECTION: {matches: '^3\\d$'}, TYPE: {not: Voluntary}}
        value: development_account
    values: {Voluntary: extrabudgetary}
"""


def test_first_case_whose_conditions_all_hold_decides(tmp_path):
    delivery = "SECTION,TYPE,entity\n23,Regular,a\n23,Voluntary,a\n35,Regular,a\n35,Voluntary,a\n3,Regular,a\n"
    table = mapped(tmp_path, delivery, CASES)
    assert columns(table)["funding_source"] == ["rptc", "extrabudgetary", "development_account", "extrabudgetary", "Regular"]
    assert warned(table) == []


def test_cases_may_stand_without_a_column(tmp_path):
    text = "columns:\n  book:\n    cases: [{where: {entity: {not: [ECE, ECA]}}, value: other}]\n    otherwise: regional\n"
    assert columns(mapped(tmp_path, "entity\nECE\nOIOS\n", text))["book"] == ["regional", "other"]


def test_empty_text_as_a_value_empties_the_cell(tmp_path):
    text = "columns: {fund_name: {from: N, cases: [{where: {T: {not: V}}, value: ''}]}}"
    assert columns(mapped(tmp_path, "N,T\nFund,V\nRemark,R\n", text))["fund_name"] == ["Fund", None]


def test_words_for_missing_are_empty_cells(tmp_path):
    table = mapped(tmp_path, "E,amount\nECE,n/a\n-,5\n", "missing: [n/a, '-']\ncolumns: {entity: E}")
    assert columns(table) == {"entity": ["ECE", None], "amount": [None, "5"]}


def test_rows_without_a_number_of_their_own_are_numbered_as_the_spreadsheet_shows_them(tmp_path):
    table = mapped(tmp_path, "P,Q\nX,1\nX,1\n,1\n", "columns: {entity: {from: P, numbered: true, values: {X: Y}}}")
    assert columns(table)["entity"] == ["Y#2", "Y#3", None]


def test_filtered_rows_are_delivered_rows_that_go_to_quarantine(tmp_path):
    text = "filter:\n  keep: {STATUS: Final}\n  drop: [{entity: [Total, Grand total]}, {entity: {matches: 'Note.*'}}]\nignore: [STATUS]"
    table = mapped(tmp_path, "entity,STATUS\nECE,Final\nTotal,Final\nECA,Draft\nNote 1,Final\n,Final\n", text)
    assert [row[0] for row in table.frame.collect().rows()] == [2, 6]
    assert errors(table) == [(3, "entity", "filtered_by_mapping"), (4, "STATUS", "filtered_by_mapping"), (5, "entity", "filtered_by_mapping")]
    assert [finding.value for finding in table.findings] == ["entity=Total", "STATUS=Draft", "entity=Note 1"]


def test_one_column_is_split_into_several(tmp_path):
    text = "split:\n  P: {pattern: '^(?P<unit>\\w+)/(?P<year>\\d{4})$'}\ncolumns: {entity: unit, fiscal_year: year}"
    table = mapped(tmp_path, "P,amount\nECE/2023,5\nnonsense,6\n,7\n", text)
    assert columns(table) == {"entity": ["ECE", None], "fiscal_year": ["2023", None], "amount": ["5", "7"]}
    assert errors(table) == [(3, "P", "split_does_not_fit")] and warned(table) == []


def test_split_by_separator_leaves_the_rest_to_the_last_part(tmp_path):
    text = "split: {P: {separator: ' - ', into: [unit, rest]}}\ncolumns: {entity: unit, fund_name: rest}"
    assert columns(mapped(tmp_path, "P\nECE - Fund - A\n", text)) == {"entity": ["ECE"], "fund_name": ["Fund - A"]}


@pytest.mark.parametrize("text", ["1 234 567", "1.2 million", "12,345-", "about 5", "5\n6", "$"])
def test_what_fits_only_a_part_of_a_value_is_refused_and_never_cut(tmp_path, text):
    said = "split: {Amount: {pattern: '[$]?(?P<number>[0-9,.]+)'}}\ncolumns: {amount: number}"
    table = mapped(tmp_path, f'entity,Amount\nECE,"{text}"\nECA,$1234\n', said)
    assert columns(table)["amount"] == ["1234"]
    assert [(found.source_row, found.rule, found.severity, found.value) for found in table.findings] == [(2, "split_does_not_fit", "error", text)]


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("Total", False), ("^Total", False), ("Total.*", True), ("Sub|Total for.*", True), ("^Total for all$", True), ("(?i)TOTAL FOR ALL", True)],
)
def test_a_condition_matches_whole_values(tmp_path, pattern, fits):
    table = mapped(tmp_path, "entity,amount\nTotal for all,5\nECE,5\n", f"filter: {{drop: {{entity: {{matches: '{pattern}'}}}}}}")
    assert columns(table)["entity"] == (["ECE"] if fits else ["Total for all", "ECE"])


def test_an_empty_cell_is_an_empty_text_to_a_condition(tmp_path):
    assert columns(mapped(tmp_path, "entity,amount\n,5\nECE,5\n", "filter: {drop: {entity: {matches: '(Total)?'}}}"))["entity"] == ["ECE"]


def test_a_cell_of_two_lines_is_split_at_its_separator(tmp_path):
    text = "split: {P: {separator: ' / ', into: [unit, rest]}}\ncolumns: {entity: unit, fund_name: rest}"
    assert columns(mapped(tmp_path, 'P,amount\n"ECE / a\nb",5\n', text))["fund_name"] == ["a\nb"]


EQUAL_WORDS = [
    ("columns: {entity: E}", "columns: {entity: {from: E}}"),
    ("delimiter: comma\nheader_row: 2", "header_row: 2\ndelimiter: ','"),
    ("dates: [DD.MM.YYYY]\nmissing: [a, b]", "missing: [b, a, a]\ndates: '%d.%m.%Y'"),
    ("numbers: {decimal: '.'}", ""),
    ("constants: {book: x, entity: y}", "constants: {entity: y, book: x}\nignore: [Z]\nsupersedes: '*.old'\nnote: n"),
    ("filter: {drop: [{a: [1, 2], b: {matches: x}}, {c: 3}]}", "filter: {drop: [{c: [3]}, {b: {matches: x}, a: [2, 1]}]}"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL_WORDS)
def test_two_mappings_that_say_the_same_are_one(tmp_path, one, other):
    assert load(tmp_path, one).identity == load(tmp_path, other).identity


def test_a_mapping_that_changes_nothing_is_as_none(tmp_path):
    assert load(tmp_path, "note: words only\nsupersedes: old.csv").identity == ""


@pytest.mark.parametrize(
    "words", ["constants: {book: x}", "columns: {entity: F}", "numbers: {decimal: ','}", "dates: DD.MM.YYYY", "sheet: '2'", "missing: n/a"]
)
def test_what_decides_rows_is_part_of_the_identity(tmp_path, words):
    assert load(tmp_path, words).identity not in ("", load(tmp_path, "columns: {entity: E}").identity)


def test_file_settings_reach_the_reader(tmp_path):
    mapping = load(tmp_path, "delimiter: tab\nencoding: windows-1251\nsheet: Data\nheader_row: 3\nnumbers: {decimal: ',', thousands: '.'}\ndates: DD.MM.YYYY")
    options = mapping.read_options
    assert (options.delimiter, options.encoding, options.sheet, options.header_row, options.decimal) == ("\t", "windows-1251", "Data", 3, ",")
    assert mapping.numbers == NumberStyle(decimal=",", thousands=".") and mapping.date_formats == ("%d.%m.%Y",)


def test_supersedes_takes_one_glob_or_several(tmp_path):
    assert load(tmp_path, "supersedes: '*-draft.csv'").supersedes == ("*-draft.csv",)
    assert load(tmp_path, "supersedes: [a.csv, b.csv]").supersedes == ("a.csv", "b.csv")


def test_empty_mapping_is_allowed(tmp_path):
    assert load(tmp_path, "# nothing yet\n").columns == {}


def test_digest_follows_the_meaning_and_not_the_words_around_it(tmp_path):
    one = load(tmp_path, "columns: {entity: E}\nnote: first")
    assert one.digest == load(tmp_path, "# a comment\nnote: second\ncolumns:\n  entity: E").digest
    assert one.digest != load(tmp_path, "columns: {entity: F}").digest


def test_order_of_cases_is_part_of_the_digest(tmp_path):
    cases = ["{where: {a: x}, value: p}", "{where: {b: y}, value: q}"]
    digests = {load(tmp_path, f"columns: {{book: {{cases: [{', '.join(order)}]}}}}").digest for order in (cases, cases[::-1])}
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("colums: {a: b}", "the file", "perhaps columns?"),
        ("columns: [a]", "columns", "a list"),
        ("columns: {entity: {from: E, value: x}}", "columns.entity", "the key value"),
        ("columns: {entity: {}}", "columns.entity", "`from`, `first_of`, `join`, `cases`"),
        ("columns: {entity: ''}", "columns.entity", "nothing"),
        ("columns: {entity: {values: {a: b}, cases: []}}", "columns.entity", "without `from`"),
        ("columns: {entity: {cases: [{where: {a: b}}]}}", "columns.entity.cases, case 1", "`where` and `value`"),
        ("columns: {entity: {cases: [{where: {a: {matches: '('}}, value: x}]}}", "columns.entity.cases, case 1.where.a.matches", "a regular expression"),
        ("columns: {entity: {cases: [{where: {a: {like: x}}, value: x}]}}", "columns.entity.cases, case 1.where.a", "{not: …} or {matches: …}"),
        ("columns: {entity: {from: E, numbered: 1}}", "columns.entity.numbered", "`true`"),
        ("columns: {entity: {cases: [], numbered: true}}", "columns.entity", "`numbered` without `from`"),
        ("constants: {entity: [a]}", "constants.entity", "one text"),
        ("columns: {entity: E}\nconstants: {entity: x}", "constants.entity", "one place"),
        ("columns: {entity: E, entity: F}", "line 1", "stands twice"),
        ("columns: {entity: 'E}", "line 1", "YAML"),
        ("delimiter: ','\n  bad", "line", "YAML"),
        ("delimiter: ', '", "delimiter", "one character"),
        ("encoding: klingon", "encoding", "utf-8"),
        ("encoding: base64", "encoding", "utf-8"),
        ("header_row: 0", "header_row", "1 or more"),
        ("header_row: first", "header_row", "1 or more"),
        ("numbers: {decimal: ';'}", "numbers.decimal", "'.' or ','"),
        ("numbers: {decimal: ',', thousands: ','}", "numbers.thousands", "other than the decimal separator"),
        ("dates: [MM/YYYY]", "dates", "day, month and year"),
        ("split: {P: {separator: '/'}}", "split.P", "`into`"),
        ("split: {P: {pattern: 'x'}}", "split.P", "named groups"),
        ("filter: {remove: {a: b}}", "filter", "keep, drop"),
        ("just words", "the file", "keys with values"),
    ],
)
def test_mistake_is_named_with_its_file_and_key(tmp_path, text, key, said):
    with pytest.raises(MappingError) as raised:
        load(tmp_path, text)
    assert said in str(raised.value) and raised.value.key.startswith(key) and "d.csv.mapping.yml" in str(raised.value) and "expected" in str(raised.value)


def test_yaml_cannot_make_objects(tmp_path):
    with pytest.raises(MappingError, match="one text"):
        load(tmp_path, "note: !!python/object/apply:os.getcwd []")


def test_column_that_the_contract_does_not_know_is_a_mistake_of_the_mapping(tmp_path):
    with pytest.raises(MappingError, match="perhaps entity"):
        mapped(tmp_path, "E\nECE\n", "columns: {entitty: E}")


def test_column_that_the_delivery_lacks_sets_the_delivery_aside(tmp_path):
    with pytest.raises(UnreadableDelivery, match=r"no column 'OFFICE'.*columns\.entity.*Perhaps 'Offices'") as raised:
        mapped(tmp_path, "Offices,b\nECE,1\n", "columns: {entity: OFFICE}")
    assert raised.value.rule == "missing_column"


def test_large_delivery_stays_lazy(tmp_path):
    assert "Csv SCAN" in mapped(tmp_path, "E,amount\nECE,1\n", "columns: {entity: E}").frame.explain()


def test_own_mapping_comes_before_the_folders(tmp_path):
    folder = tmp_path / "missions" / "2004" / "may"
    folder.mkdir(parents=True)
    delivery = folder / "m.csv"
    assert find_mapping(delivery, tmp_path) is None
    (tmp_path / "_mapping.yml").touch()
    assert find_mapping(delivery, tmp_path) is None, "the raw root is no folder of deliveries"
    for place in (folder.parent.parent / "_mapping.yml", folder.parent / "_mapping.yml", folder / "m.csv.mapping.yml"):
        place.touch()
        assert find_mapping(delivery, tmp_path) == place


def test_a_table_whose_end_is_not_found_is_read_to_the_end_and_told_so(tmp_path):
    words = "columns: {entity: Office, amount: Sum}\nrows: {until: {Office: %s}}"
    told = [finding for finding in mapped(tmp_path, "Office,Sum\nECE,5\nTOTAL,5\n", words % "Total").findings if finding.rule == "rows_not_found"]
    assert [(one.source_row, one.severity) for one in told] == [(1, "warning")] and "all rows to the end were read" in told[0].remedy
    assert not mapped(tmp_path, "Office,Sum\nECE,5\nTOTAL,5\n", words % "TOTAL").findings
