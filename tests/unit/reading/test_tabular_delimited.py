"""Delimited text: every row is in the frame with its number, or is named in a finding."""

import csv
import gzip
import io

import polars as pl
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.reading import compression as unpack
from pipelines.reading import delimited
from pipelines.reading.tabular import SOURCE_ROW, read
from pipelines.shapes.errors import UnreadableDelivery
from pipelines.shapes.table import ReadOptions


def deliver(folder, content, name="d.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(table):
    return table.frame.collect(engine="streaming").rows()


def errors(table):
    return [(finding.source_row, finding.rule) for finding in table.findings if finding.severity == "error"]


def refused(folder, content, name="d.csv", options=None):
    with pytest.raises(UnreadableDelivery) as raised:
        read(deliver(folder, content, name), options)
    assert raised.value.remedy and raised.value.detail
    return raised.value.rule


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path):
    table = read(deliver(tmp_path, "a,b\n1,x\n2,y\n"))
    assert table.columns == ("a", "b") and rows(table) == [(2, "1", "x"), (3, "2", "y")]
    assert table.frame.collect_schema() == {SOURCE_ROW: pl.Int64, "a": pl.String, "b": pl.String}


def test_regular_file_stays_a_lazy_scan_of_the_file_itself(tmp_path):
    path = deliver(tmp_path, 'a,b\n1,"x, y"\n')
    assert str(path) in read(path).frame.explain()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(tmp_path, delimiter):
    table = read(deliver(tmp_path, f"a{delimiter}b{delimiter}c\n1{delimiter}2.5{delimiter}3\n"))
    assert rows(table) == [(2, "1", "2.5", "3")] and table.read_as.delimiter == delimiter


def test_excels_own_line_about_the_delimiter_is_no_header(tmp_path):
    assert rows(read(deliver(tmp_path, "sep=;\na;b\n1,5;2\n"))) == [(3, "1,5", "2")]


def test_commas_inside_quotes_do_not_decide_the_delimiter(tmp_path):
    assert read(deliver(tmp_path, 'a;b\n"1,2,3,4";5\n"1,2,3,4";6\n')).columns == ("a", "b")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_are_found(tmp_path, encoding):
    text = "entity,title\nECE,Côte d’Ivoire\n" + "ECE,plain\n" * 20
    table = read(deliver(tmp_path, text.encode(encoding)))
    assert rows(table)[0] == (2, "ECE", "Côte d’Ivoire") and table.columns == ("entity", "title") and table.findings == ()


def test_text_that_is_not_utf8_is_read_as_windows_1252_with_a_warning(tmp_path):
    table = read(deliver(tmp_path, "a,b\n1,x\n2,Côte\n".encode("windows-1252")))
    assert rows(table)[1] == (3, "2", "Côte")
    assert [(found.rule, found.severity, found.source_row) for found in table.findings] == [("encoding", "warning", 3)]


def test_stated_encoding_is_used_without_a_warning(tmp_path):
    table = read(deliver(tmp_path, "a,b\n1,Бишкек\n".encode("windows-1251")), ReadOptions(encoding="windows-1251"))
    assert rows(table) == [(2, "1", "Бишкек")] and table.findings == ()


def test_stated_encoding_that_does_not_fit_is_an_error(tmp_path):
    assert refused(tmp_path, "a,b\n1,é\n".encode("latin-1"), options=ReadOptions(encoding="utf-8")) == "encoding"
    assert refused(tmp_path, "a,b\n1,2\n".encode("utf-16"), options=ReadOptions(encoding="utf-8")) == "encoding"
    assert refused(tmp_path, b"a,b\n1,\x81\n", options=ReadOptions(encoding="windows-1252")) == "encoding"


def test_bytes_that_no_guess_can_read_are_an_error(tmp_path):
    assert refused(tmp_path, b"a,b\n1,\x81\x8d\n") == "encoding"


@pytest.mark.parametrize("content", [b"\0" * 500, b"\0a,b\n1,2\n", b"a,b\n1,2\n" + b"\0" * 100, b"a,b\n1,\x00\n"])
def test_nul_bytes_are_no_text(tmp_path, content):
    assert refused(tmp_path, content) == "not_text"


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\r\n , ,\r\n", b"\xef\xbb\xbf"])
def test_empty_file_is_refused(tmp_path, content):
    assert refused(tmp_path, content) == "empty_file"


@pytest.mark.parametrize("content", ["a,b", "a,b\n", "a,b\r\n", "a,b\n\n\n", "a\n"])
def test_header_alone_is_a_table_without_rows(tmp_path, content):
    table = read(deliver(tmp_path, content))
    assert rows(table) == [] and table.findings == () and table.columns[0] == "a"


def test_duplicate_header_is_refused(tmp_path):
    assert refused(tmp_path, "a,b, a \n1,2,3\n") == "duplicate_header"


def test_column_named_like_the_warehouses_own_is_refused(tmp_path):
    assert refused(tmp_path, "a,_source_row\n1,2\n") == "reserved_column_name"


def test_nameless_column_gets_its_place_as_name(tmp_path):
    assert read(deliver(tmp_path, "a,,c\n1,2,3\n")).columns == ("a", "column 2", "c")


def test_header_loses_line_breaks_and_white_space(tmp_path):
    table = read(deliver(tmp_path, '" Amount\n(US$) ",b\n1,2\n'))
    assert table.columns == ("Amount (US$)", "b") and rows(table) == [(2, "1", "2")]


def test_web_page_is_no_table(tmp_path):
    assert refused(tmp_path, "<!DOCTYPE html>\n<html></html>\n") == "not_a_table"


@pytest.mark.parametrize(("bad", "found"), [("1,2", 2), ("1,2,3,4", 4), ("1", 1), ("1,2,3,4,5,6", 6)])
def test_ragged_row_is_named_and_the_others_stay(tmp_path, bad, found):
    table = read(deliver(tmp_path, f"a,b,c\n1,2,3\n{bad}\n4,5,6\n"))
    assert [row[0] for row in rows(table)] == [2, 4] and errors(table) == [(3, "ragged_row")]
    assert f"has {found} field" in table.findings[0].remedy and "the header has 3" in table.findings[0].remedy


def test_short_and_long_row_do_not_make_up_for_each_other(tmp_path):
    assert errors(read(deliver(tmp_path, "a,b,c\n1,2\n1,2,3,4\n"))) == [(2, "ragged_row"), (3, "ragged_row")]


def test_short_last_row_without_line_end_is_named(tmp_path):
    assert errors(read(deliver(tmp_path, "a,b,c\n1,2,3\n4,5"))) == [(3, "ragged_row")]


def test_row_that_ends_in_empty_fields_is_not_ragged(tmp_path):
    assert rows(read(deliver(tmp_path, "a,b,c\n1,,\n,,3\n"))) == [(2, "1", None, None), (3, None, None, "3")]


def test_empty_rows_are_no_records_but_keep_their_number(tmp_path):
    table = read(deliver(tmp_path, "a,b\r\n\r\n1,2\r\n,\r\n\r\n3,4\r\n\r\n"))
    assert [row[0] for row in rows(table)] == [3, 6] and table.findings == ()


def test_empty_rows_of_a_single_column_keep_their_number(tmp_path):
    assert rows(read(deliver(tmp_path, "a\n\n1\n\n2\n"))) == [(3, "1"), (5, "2")]


def test_empty_rows_above_the_header_are_counted(tmp_path):
    table = read(deliver(tmp_path, "\n\na,b\n1,2\n"))
    assert table.header_row == 3 and rows(table) == [(4, "1", "2")]


def test_quoted_line_break_is_no_new_row(tmp_path):
    table = read(deliver(tmp_path, 'a,b\n"x\ny\r\nz",1\n"",2\n'))
    assert rows(table) == [(2, "x\ny\r\nz", "1"), (3, None, "2")]


def test_quoted_line_break_is_no_new_row_beside_a_ragged_one(tmp_path):
    table = read(deliver(tmp_path, 'a,b\n"x\n,y",1\n1\n"p ""q""",2\n'))
    assert rows(table) == [(2, "x\n,y", "1"), (4, 'p "q"', "2")] and errors(table) == [(3, "ragged_row")]


def test_header_row_may_stand_below_a_title(tmp_path):
    content = 'Report of the "Fund\nfor all"\n\nas of today,,\na,b,c\n1,2,3\n'
    table = read(deliver(tmp_path, content), ReadOptions(header_row=content.count("\n") - 1, delimiter=","))
    assert table.columns == ("a", "b", "c") and rows(table) == [(6, "1", "2", "3")]


def test_header_row_beyond_the_end_is_refused(tmp_path):
    assert refused(tmp_path, "a,b\n1,2\n", options=ReadOptions(header_row=9)) == "missing_header"


def test_quote_inside_a_text_belongs_to_it(tmp_path):
    assert rows(read(deliver(tmp_path, 'a,b\n1,12" pipe\n2,x\n'))) == [(2, "1", '12" pipe'), (3, "2", "x")]


def test_two_stray_quotes_do_not_join_rows(tmp_path):
    assert [row[0] for row in rows(read(deliver(tmp_path, 'a,b\n1,x" y\n2,z\n3,u" v\n')))] == [2, 3, 4]


def test_text_after_a_closing_quote_quarantines_its_row(tmp_path):
    table = read(deliver(tmp_path, 'a,b\n1,"x"y\n2,z\n'))
    assert rows(table) == [(3, "2", "z")] and errors(table) == [(2, "malformed_quote")]


HEADER_OF_FOUR = "id,amount,currency,donor\n"


def swallowing(lines, opened, closed=None):
    """A file of so many lines in which a quote is opened in one row and, perhaps, a stray one stands in a later row."""
    rows_ = [f"T{row},{row}0,USD,Donor {row}" for row in range(2, lines + 2)]
    rows_[opened - 2] = rows_[opened - 2].replace("Donor", '"Donor')
    if closed:
        rows_[closed - 2] += '"'
    return HEADER_OF_FOUR + "\n".join(rows_) + "\n"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("opened", "closed"), [(3, 4), (3, 7), (2, 9), (5, None), (9, None)])
def test_each_line_that_a_stray_quote_swallows_is_accounted_for(tmp_path, opened, closed, line_end):
    table = read(deliver(tmp_path, swallowing(8, opened, closed).replace("\n", line_end)))
    lost = range(opened, (closed or 9) + 1)
    assert [row[0] for row in rows(table)] == [row for row in range(2, 10) if row not in lost]
    assert [row for row, _ in errors(table)] == list(lost) and all(row[1] == f"T{row[0]}" for row in rows(table))
    assert all(finding.value.startswith(f"T{finding.source_row},") and finding.remedy for finding in table.findings)


def test_a_stray_quote_that_ends_at_a_sound_one_is_accounted_for(tmp_path):
    table = read(deliver(tmp_path, 'a,b,c\n1,"Norway,10\n2,Chad,20\n3,"France",30\n4,Mali,40\n'))
    assert rows(table) == [(5, "4", "Mali", "40")] and errors(table) == [(2, "unclosed_quote"), (3, "unclosed_quote"), (4, "unclosed_quote")]


def test_lines_are_swallowed_several_times_and_beside_other_faults(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", 64)
    content = swallowing(30, 4, 9).splitlines()
    content[14] = '"T15",150,"USD","Donor\nof two lines"'
    content[19] = "T20,200"
    content[21], content[25] = 'T22,220,USD,"Donor, 22', 'T26,"260,USD,Donor 26'
    table = read(deliver(tmp_path, "\n".join(content) + "\n"))
    lost = {*range(4, 10), 20, *range(22, 27)}
    assert {row for row, _ in errors(table)} == lost
    assert [row[0] for row in rows(table)] == [row for row in range(2, 32) if row not in lost]


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines",
        "Dear all,\nthanks, and see you, all of you\nbye",
        "Palais des Nations,\n8-14 avenue de la Paix,\n1211 Geneva",
        "a\n\n\nb",
        "one, two, three, four\nfive, six, seven",
    ],
)
@pytest.mark.parametrize("place", [0, 2, 3])
def test_a_true_cell_of_several_lines_loads(tmp_path, text, place):
    cells = ["T2", "20", "USD", "x"]
    cells[place] = f'"{text}"'
    table = read(deliver(tmp_path, f"{HEADER_OF_FOUR}{','.join(cells)}\nT3,30,USD,y\n"))
    assert errors(table) == [] and [row[0] for row in rows(table)] == [2, 3] and rows(table)[0][place + 1] == text


def test_a_file_with_true_cells_of_several_lines_stays_a_lazy_scan(tmp_path):
    path = deliver(tmp_path, HEADER_OF_FOUR + 'T2,20,USD,"a ""quoted""\ntext, of\nthree lines"\n')
    assert str(path) in read(path).frame.explain()


def test_old_mac_line_ends_are_read(tmp_path):
    assert rows(read(deliver(tmp_path, "a,b\r1,2\r3,4\r"))) == [(2, "1", "2"), (3, "3", "4")]


def test_mixed_line_ends_are_read(tmp_path):
    assert rows(read(deliver(tmp_path, "a,b\r\n1,2\n3,4\r\n"))) == [(2, "1", "2"), (3, "3", "4")]


def test_rows_keep_their_numbers_across_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", 64)
    lines = ["a,b"] + [f'{number},"x\n{number}"' for number in range(300)]
    lines[150] = "1,2,3"
    lines[40] = ""
    table = read(deliver(tmp_path, "\n".join(lines) + "\n"))
    expected = [(number + 2, str(number), f"x\n{number}") for number in range(300) if number not in (149, 39)]
    assert rows(table) == expected and errors(table) == [(151, "ragged_row")]


FIELD = st.text(st.sampled_from('ab1,;"\n é '), max_size=5)
RECORD = st.one_of(st.lists(FIELD, min_size=3, max_size=3), st.lists(FIELD, max_size=5))


@settings(max_examples=150, deadline=None)
@given(st.lists(RECORD, max_size=12), st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]), st.integers(8, 200))
def test_every_written_record_is_read_or_named(tmp_path_factory, records, delimiter, line_end, block):
    """The accounting of the reader: whatever a csv writer writes comes back whole, under its row number, or as one ragged row."""
    folder = tmp_path_factory.mktemp("csv")
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    writer.writerows([["a", "b", "c"], *records])
    was, delimited.BLOCK = delimited.BLOCK, block
    try:
        table = read(deliver(folder, out.getvalue()), ReadOptions(delimiter=delimiter))
        got = {row[0]: row[1:] for row in rows(table)}
    finally:
        delimited.BLOCK = was
    expected, named, row = {}, [], 1
    for record in records:
        row += 1
        lines = written(record, delimiter, line_end)
        if reads_as_records(lines, delimiter, 2):
            named += [(row + place, "unclosed_quote") for place, line in enumerate(lines) if line.strip()]
            row += len(lines) - 1
        elif len(record) == 3 and any(record):
            expected[row] = tuple(cell or None for cell in record)
        elif any(cell.strip() for cell in record):
            named.append((row, "ragged_row"))
    assert got == expected
    assert errors(table) == named


def written(record, delimiter, line_end):
    """The lines that a csv writer makes of a record."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerow(record)
    return list(io.StringIO(out.getvalue(), newline=""))


def reads_as_records(lines, delimiter, delimiters):
    """What is said of suspected cells, in other words: lines as long as the header, which prose, with a space behind each comma, is not."""
    alike = [len(line.split(delimiter)) - 1 - len(line.split(delimiter + " ")) + 1 == delimiters for line in lines]
    inner = [same for line, same in zip(lines[1:-1], alike[1:-1], strict=True) if line.strip()]
    return len(lines) > 1 and (sum(inner) > len(inner) / 2 if inner else alike[0] and alike[-1])


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('ab,"\n\r'), max_size=40))
def test_any_text_is_read_as_the_csv_module_reads_it_or_its_lines_are_named(tmp_path_factory, text):
    """Whatever a file holds: each line that is not empty is in a row that loads, or has a finding under the number of its own."""
    path = deliver(tmp_path_factory.mktemp("csv"), "a,b\n" + text)
    table = read(path, ReadOptions(delimiter=","))
    got = {row[0]: row[1:] for row in rows(table)}
    taken, number, expected, named = [], 1, {}, set()
    with path.open(newline="") as stream:
        next(stream)
        reader = csv.reader((taken.append(line) or line for line in stream), strict=True)
        while True:
            taken.clear()
            number += 1
            try:
                record = next(reader)
            except StopIteration:
                break
            except csv.Error:
                record = None
            if record is None or reads_as_records(taken, ",", 1):
                named |= {number + place for place, line in enumerate(taken) if line.strip()}
                number += len(taken) - 1
            elif len(record) == 2 and any(record):
                expected[number] = tuple(cell or None for cell in record)
            elif any(cell.strip() for cell in record):
                named.add(number)
    assert got == expected
    assert {row for row, _ in errors(table)} == named and len(errors(table)) == len(named)


LINE = st.one_of(st.just(""), st.just(",,"), st.just("# a note"), st.integers(1, 999).map(lambda n: f"{n},x,y"), st.just('1,"two\nlines",z'))
TITLE = st.sampled_from(["", "Report", "# as of today", '"Report\nof the fund"', ",,"])


@settings(max_examples=150, deadline=None)
@given(st.lists(TITLE, max_size=4), st.lists(LINE, max_size=12), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.integers(8, 200))
def test_rows_keep_the_numbers_that_a_spreadsheet_shows(tmp_path_factory, titles, lines, line_end, ends, block):
    """Whatever stands above and between them: empty lines, notes, titles, cells of several lines, any kind of line end."""
    content = line_end.join(one.replace("\n", line_end) for one in [*titles, "a,b,c", *lines]) + (line_end if ends else "")
    was, delimited.BLOCK = delimited.BLOCK, block
    try:
        table = read(deliver(tmp_path_factory.mktemp("csv"), content), ReadOptions(header_row=len(titles) + 1, delimiter=","))
        got = {row[0]: row[1] for row in rows(table)}
    finally:
        delimited.BLOCK = was
    numbered = list(enumerate(lines, len(titles) + 2))
    assert got == {row: line.partition(",")[0] for row, line in numbered if line.count(",") == 2 and line != ",,"}
    assert errors(table) == [(row, "ragged_row") for row, line in numbered if line.startswith("#")]


SPACED = "ab \t\n\r\f\u0085\u00a0\u1680\u2003\u2028\u205f\u3000\u00e9\u0416\u00ab"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text(SPACED, max_size=4), min_size=2, max_size=2), min_size=1, max_size=6), st.booleans())
def test_a_table_of_which_it_is_said_holds_no_white_space_but_spaces(tmp_path_factory, records, has_last_line_end):
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["a", "b"], *records])
    content = written.getvalue() if has_last_line_end else written.getvalue().removesuffix("\r\n")
    table = read(deliver(tmp_path_factory.mktemp("blanks"), content))
    if table.only_spaces:
        assert all(cell is None or cell.replace(" ", "") == "".join(cell.split()) for row in rows(table) for cell in row[1:])


@pytest.mark.parametrize("content", ["a,b\n1, x y \n", "a,b\r\n1,2\r\n", 'a,b\r\n1,"x, y"\r\n', "a,b\né,Ж\n"])
def test_common_files_are_said_to_hold_no_white_space_but_spaces(tmp_path, content):
    assert read(deliver(tmp_path, content)).only_spaces


def test_gzip_and_zstandard_are_unpacked(tmp_path):
    content = b"a,b\n1,2\n"
    for name, packed in (("d.csv.gz", gzip.compress(content)), ("d.csv.zst", zstandard.compress(content) + zstandard.compress(b"3,4\n"))):
        assert rows(read(deliver(tmp_path, packed, name)))[0] == (2, "1", "2")
    assert len(rows(read(tmp_path / "d.csv.zst"))) == 2


def test_truncated_archives_are_refused(tmp_path):
    content = ("a,b\n" + "".join(f"{number},{number * 7919 % 10007}\n" for number in range(20000))).encode()
    assert refused(tmp_path, gzip.compress(content)[:-20], "d.csv.gz") == "damaged_archive"
    assert refused(tmp_path, zstandard.compress(content)[:-20], "d.csv.zst") == "damaged_archive"


def test_archive_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "ALWAYS_ALLOWED", 1 << 20)
    assert refused(tmp_path, gzip.compress(b"0" * (8 << 20)), "d.csv.gz") == "too_large_unpacked"
    assert refused(tmp_path, zstandard.compress(b"0" * (8 << 20)), "d.csv.zst") == "too_large_unpacked"


def test_missing_file_is_refused_and_not_a_traceback(tmp_path):
    with pytest.raises(UnreadableDelivery, match="cannot be opened"):
        read(tmp_path / "gone.csv")


def test_what_is_unpacked_lies_in_the_given_folder(tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    read(deliver(tmp_path, gzip.compress(b"a,b\n1,2\n"), "d.csv.gz"), scratch=scratch)
    assert [path.name for path in scratch.rglob("*.csv")] == ["d.csv"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Страна;Сумма\nКыргызстан;5\nТаджикистан;6\n".encode("cp1251"), "windows-1251"),
        ("Pays;Année\nCôte d'Ivoire;2023\nCréée à Genève;2024\n".encode("cp1252"), "windows-1252"),
        ("Land;Straße\nÖsterreich;Übergrößenträger\n".encode("cp1252"), "windows-1252"),
    ],
)
def test_letters_beyond_ascii_tell_cyrillic_windows_from_western(tmp_path, content, encoding):
    table = read(deliver(tmp_path, content))
    assert table.read_as.encoding == encoding and encoding in table.findings[0].remedy and table.columns[0] == content.decode(encoding).split(";")[0]
