"""What the dbt project has from the registry of sources: a raw model each with its description and key, and what macros ask of a source.

Like Python's byte code it lies where the project lies, is written anew when the contracts have changed, and is no part of the repository: a source
that has a contract has a raw table, is reconciled, converted and described without another line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import settings
from pipelines.storage import content_hash

if TYPE_CHECKING:
    from pipelines.contracts import Source
    from pipelines.contracts.iati_table import IatiTable

RAW, MACROS = "models/raw", "macros/generated"
NOTE = "Written from pipelines/contracts by pipelines/dbt/generated.py: change the contract."


def write() -> None:
    """Write what differs from what the contracts now say. Contracts are only imported where they, this module or what was written have changed.

    Raises:
        OSError: the project cannot be written, and what stands there is of other contracts.
    """
    contracts = settings.PROJECT / "pipelines" / "contracts"
    stamp = settings.DBT_PROJECT / "target" / "contracts"
    if not contracts.exists() or (stamp.exists() and stamp.read_text("utf-8") == _state(contracts)):
        return
    made = files()
    for name, text in made.items():
        _put(settings.DBT_PROJECT / name, text)
    for old in (settings.DBT_PROJECT / RAW).iterdir():
        if f"{RAW}/{old.name}" not in made:
            old.unlink(missing_ok=True)
    # Another user's project, up to date: no reason to stop a run.
    with suppress(OSError):
        _put(stamp, _state(contracts))


def _state(contracts: Path) -> str:
    """A name for the contracts, this module, and what stands in the project."""
    return f"{content_hash(contracts, Path(__file__))} {content_hash(settings.DBT_PROJECT / RAW, settings.DBT_PROJECT / MACROS)}"


def _put(file: Path, text: str) -> None:
    """Write in one step what is not there yet: another process may be reading the project."""
    if file.exists() and file.read_text("utf-8") == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(file)


def files() -> dict[str, str]:
    """Every file by its path in the dbt project."""
    from pipelines.contracts import SOURCES, iati

    models = {name: f"raw_table('{name}')" for name in SOURCES}
    models |= {name: f"raw_iati_table('{name}', stays_in_a_merge={json.dumps(_stays_in_a_merge(table))})" for name, table in iati.TABLES.items()}
    told = {name: registered(source) for name, source in SOURCES.items()} | {name: registered_iati(table) for name, table in iati.TABLES.items()}
    return {
        **{f"{RAW}/raw_{name}.sql": f"{{{{ {call} }}}}\n" for name, call in models.items()},
        f"{RAW}/_raw.yml": json.dumps(_properties(), indent=1, ensure_ascii=False) + "\n",
        f"{MACROS}/registry.sql": f"{{#- {NOTE} -#}}\n{{% macro registry() -%}}\n{{{{ return({json.dumps(told, indent=1)}) }}}}\n{{%- endmacro %}}\n",
    }


def registered(source: Source) -> dict[str, Any]:
    """What macros ask of a source: expressions over its raw table, which hold for its staging model too where no other name is given."""
    from pipelines.contracts import contract_columns

    columns = contract_columns(source)
    conversion = source.conversion
    texts = {"subprogrammes": ("subprogrammes", "subprogramme"), "recipients": ("recipients",)}
    divided = {told: column for told, names in texts.items() for column in names if column in columns}
    return _filled(
        source=source.name,
        domain=source.domain,
        columns=tuple(source.schema.columns()),
        day=(source.days or (source.row_date,))[-1],
        entity="entity" if "entity" in columns else None,
        year="fiscal_year" if "fiscal_year" in columns else f"year({source.row_date})",
        measure=source.measure_column,
        amounts={amount: amount.removesuffix("_amount") for amount in source.amount_columns},
        conversion=_filled(on=conversion.on, middle_of=conversion.middle_of, mean_of=conversion.mean_of) if conversion else None,
        fact=source.fact,
        days=source.days,
        divided={"entity": "entity", **divided} if source.is_divided else None,
    )


def registered_iati(table: IatiTable) -> dict[str, Any]:
    """The same of a table of activity files, all of which are one source."""
    from pipelines.contracts import iati

    money = table.name in iati.MONEY_TABLES
    measure = iati.MONEY_TABLES.get(table.name)
    return _filled(
        source=iati.SOURCE_NAME,
        domain="finance",
        entity=table.entity if money else None,
        year=f"year({table.row_date})" if money else None,
        measure=(f"'{measure}'" if measure else "transaction_type") if money else None,
        staged_measure="transaction_type_code" if money and not measure else None,
        amounts={"value": "amount"} if money else None,
        conversion=_filled(on=table.on, middle_of=table.middle_of) if table.on else None,
        days=table.days,
    )


def _filled(**facts: Any) -> dict[str, Any]:
    return {name: fact for name, fact in facts.items() if fact}


def _stays_in_a_merge(table: IatiTable) -> str:
    """Which rows of a merged activity are loaded all the same: its money, and what is said of its transactions."""
    from pipelines.contracts import iati

    if table.name in iati.MONEY_TABLES:
        return "true"
    return "landed.transaction_number is not null" if "transaction_number" in table.own else "false"


def _properties() -> dict[str, Any]:
    """`_raw.yml`: sources and raw models with their descriptions and keys. JSON is YAML."""
    tables = list(_tables())
    sources = [{"name": name, "description": description} for name, description, _ in tables]
    models = [
        {"name": f"raw_{name}", "description": description, "config": {"alias": name}}
        | ({"data_tests": [{"key_is_unique": {"arguments": {"columns": list(key)}}}]} if key else {})
        for name, description, key in tables
    ]
    # the macro `source` says what BUILD stands for
    location = {"meta": {"external_location": "read_parquet('BUILD/landing/{name}/*.parquet')"}}
    return {"version": 2, "sources": [{"name": "landing", "description": NOTE, "config": location, "tables": sources}], "models": models}


def _tables() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, description and tested key of every raw table."""
    from pipelines.contracts import SOURCES, iati

    for name, source in SOURCES.items():
        repeats = " Rows may repeat: identical ones are real." if source.key_given_by or not source.key else ""
        yield name, f"{source.grain[0].upper()}{source.grain[1:]}, as delivered.{repeats}", source.key if source.is_key_tested else ()
    for name, table in iati.TABLES.items():
        yield name, f"IATI: {table.grain}, as published.", table.key


if __name__ == "__main__":
    write()
