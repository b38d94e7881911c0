"""Questions one after the other: a prompt that knows the names of tables and columns. Each statement is answered like `techcoop sql`'s."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.key_binding.key_processor import KeyPressEvent

from pipelines.ask.query import Answer, RefusedQuery, ask

WORDS = (
    *("select", "from", "where", "group by", "order by", "having", "limit", "join", "left join", "using", "on", "and", "or", "not", "in", "is null"),
    *("distinct", "count(*)", "sum(", "avg(", "min(", "max(", "round(", "case when", "then", "else", "end", "as", "with", "union all", "desc", "between"),
    *("like", "describe", "summarize", "share_of(", "spent_on("),
)
HELP = """A statement ends with ; and may run over several lines. Tab completes names of tables and columns.
\\t          tables of the schema marts        \\d TABLE    columns of a table
\\q          leave (also Ctrl-D)               \\?          this"""
NAMES = "select distinct schema_name, table_name, column_name from duckdb_columns() where not internal order by all"


# A name may hold its schema.
_WORD = re.compile(r"[\w.]+")


class Names(Completer):
    """Completes tables, and columns of the tables that the statement names."""

    def __init__(self, tables: Mapping[str, Sequence[str]]) -> None:
        """Starts with the columns of each `schema.table`."""
        self.tables = tables

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What may stand where the cursor is, names before words."""
        begun = document.get_word_before_cursor(pattern=_WORD)
        for name in self.fitting(document.text, begun):
            yield Completion(name, start_position=-len(begun))

    def fitting(self, statement: str, begun: str) -> list[str]:
        """Names that go on from what was begun: columns of tables named so far, tables with and without their schema, words of SQL."""
        if not begun:
            return []
        named = [table for table in self.tables if table in statement or table.partition(".")[2] in statement.split()]
        columns = {column for table in named or self.tables for column in self.tables[table]}
        tables = [*self.tables, *(table.partition(".")[2] for table in self.tables if table.startswith("marts."))]
        found = [*sorted(columns), *tables, *WORDS]
        return list(dict.fromkeys(name for name in found if name.startswith(begun.lower()) and name != begun))


def known_names(home: Path, run: str | None = None) -> dict[str, list[str]]:
    """The columns of every table of the current release, or of a run's build, by `schema.table`.

    Raises:
        RefusedQuery: nothing has been released yet.
    """
    tables: dict[str, list[str]] = {}
    with ask(home, NAMES, run=run) as answer:
        for schema, table, column in answer.rows:
            tables.setdefault(f"{schema}.{table}", []).append(column)
    return tables


def run_shell(home: Path, show: Callable[[Answer], None], say: Callable[[str], None], run: str | None = None, **session: Any) -> None:
    """Ask and answer until the reader leaves.

    Args:
        home: the warehouse's folder.
        show: prints an answer.
        say: prints a line.
        run: asks the build of this blocked run, or this release, instead of the current one.
        session: for the prompt (tests give it an input and an output of their own).

    Raises:
        RefusedQuery: nothing has been released yet.
    """
    names = Names(known_names(home, run))
    prompt: PromptSession = PromptSession(
        "techcoop> ", completer=names, multiline=True, key_bindings=_enter_sends_what_is_whole(), prompt_continuation="      ... ",
        history=session.pop("history", None) or _history(home), **session,
    )  # fmt: skip
    say(HELP)
    while True:
        try:
            text = prompt.prompt().strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if text in ("\\q", "quit", "exit"):
            return
        if text == "\\?":
            say(HELP)
            continue
        if statement := _statement(text):
            try:
                with ask(home, statement, run=run) as answer:
                    show(answer)
            except RefusedQuery as refused:
                say(str(refused))


def _statement(text: str) -> str:
    """A shorthand written out, or the statement without its semicolon."""
    if text == "\\t":
        return "select distinct table_name from duckdb_columns() where schema_name = 'marts' order by 1"
    if text.startswith("\\d"):
        table = text[2:].strip()
        return f"describe {table if '.' in table else f'marts.{table}'}"
    return text.rstrip("; \n")


def _enter_sends_what_is_whole() -> KeyBindings:
    """Enter ends the prompt after a semicolon, a shorthand or nothing, and begins a new line elsewhere."""
    bindings = KeyBindings()

    @bindings.add("enter")
    def send(event: KeyPressEvent) -> None:
        text = event.current_buffer.text.strip()
        if not text or text.endswith(";") or text.startswith("\\") or text in ("quit", "exit"):
            event.current_buffer.validate_and_handle()
        else:
            event.current_buffer.insert_text("\n")

    return bindings


def _history(home: Path) -> FileHistory | InMemoryHistory:
    """What was asked before, where the home may be written."""
    path = home / ".sql_history"
    try:
        path.touch()
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))
