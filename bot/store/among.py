"""Rows by many ids at once, in one statement that is the same however many they are.

SQLAlchemy writes an `IN` anew for each number of values, which takes longer than to execute it, and
no driver can keep what it has prepared of it.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Text, TypeDecorator, bindparam, func, select
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class _Ids(TypeDecorator[Sequence[int]]):
    """Ids as one value: an array, or on SQLite the JSON of one."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(Integer))

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> str | list[int]:
        ids = list(value or ())
        return json.dumps(ids) if dialect.name == "sqlite" else ids


class _Among(FunctionElement[bool]):
    # Of no type: SQLAlchemy compares a boolean with 1 on SQLite, which then uses no index.
    name = "among"
    inherit_cache = True


@compiles(_Among)
def _array(element: _Among, compiler: SQLCompiler, **options: object) -> str:
    column, ids = element.clauses
    return compiler.process(column == func.any(ids), **options)


@compiles(_Among, "sqlite")
def _json(element: _Among, compiler: SQLCompiler, **options: object) -> str:
    # https://sqlite.org/json1.html#jeach
    column, ids = element.clauses
    every = func.json_each(ids).table_valued("value")
    return compiler.process(column.in_(select(every.c.value)), **options)


def among(column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Whether a column is one of the ids that are given as the parameter `name`, a sequence."""
    return _Among(column, bindparam(name, type_=_Ids()))
