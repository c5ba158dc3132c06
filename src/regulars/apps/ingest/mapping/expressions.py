"""Expressions of a mapping: scalar SQL over the source's columns, nothing else.

Every node of the parsed tree must be on the list below. There is no subquery, no file, no setting
and no function that reads anything but its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from regulars.base.errors import MappingError

_ALLOWED: tuple[type[exp.Expr], ...] = (
    *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren),
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Abs, exp.Round),
    *(exp.Floor, exp.Ceil, exp.Greatest, exp.Least, exp.DPipe, exp.Concat, exp.Upper, exp.Lower),
    *(exp.Trim, exp.Substring, exp.Left, exp.Right, exp.Length, exp.Replace, exp.SplitPart),
    *(exp.Pad, exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.EQ, exp.NEQ, exp.GT, exp.GTE),
    *(exp.LT, exp.LTE, exp.And, exp.Or, exp.Not, exp.In, exp.Between, exp.Is, exp.Like),
    *(exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam, exp.StartsWith, exp.Contains),
)
_CAST_TYPES = frozenset(
    {
        *(exp.DType.INT, exp.DType.BIGINT, exp.DType.DOUBLE, exp.DType.DECIMAL),
        *(exp.DType.VARCHAR, exp.DType.TEXT, exp.DType.BOOLEAN, exp.DType.DATE),
    }
)
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression.

    ``plain`` says that it is just one column; ``factors`` are the columns that are multiplied or
    divided, which may have more digits than money has.
    """

    sql: str
    reads: tuple[str, ...]
    plain: bool
    factors: frozenset[str] = frozenset()

    @classmethod
    def column(cls, name: str) -> Expression:
        """Return the expression that is the column itself."""
        return cls(exp.column(name, quoted=True).sql("duckdb"), (name,), plain=True)


def expression(text: str, *, where: str) -> Expression:
    """Parse and check an expression; raise ``MappingError`` at ``where`` when it is not allowed.

    >>> expression("sales_value + retail_disc", where="columns.list_amount").reads
    ('sales_value', 'retail_disc')
    """
    if len(text) > _LONGEST:
        raise MappingError(f"the expression is longer than {_LONGEST} letters", where=where)
    try:
        tree = parse_one(text, read="duckdb")
    except SqlglotError as error:
        raise MappingError(
            f"{text!r} is not an expression ({str(error).splitlines()[0]})",
            where=where,
            fix="Write a column name, or SQL over column names; put odd names in double quotes",
        ) from error
    for node in tree.walk():
        _check(node, where=where)
    columns = {_name(column): None for column in tree.find_all(exp.Column)}
    factors = frozenset(
        _name(column)
        for product in tree.find_all(exp.Mul, exp.Div, exp.IntDiv, exp.Mod)
        for column in product.find_all(exp.Column)
    )
    # A dotted name is one column of a JSON source, not a table's column.
    quoted = tree.transform(_quoted)
    return Expression(quoted.sql("duckdb"), tuple(columns), isinstance(tree, exp.Column), factors)


def _check(node: exp.Expr, *, where: str) -> None:
    if type(node) not in _ALLOWED:
        raise MappingError(
            f"{node.sql('duckdb')!r} is not allowed in an expression",
            where=where,
            fix="Use columns, arithmetic, comparisons, CASE and plain text functions",
        )
    if isinstance(node, exp.DataType) and node.this not in _CAST_TYPES:
        raise MappingError(
            f"a value cannot be cast to {node.sql('duckdb')}",
            where=where,
            fix="Cast to INT, BIGINT, DOUBLE, DECIMAL, VARCHAR, BOOLEAN or DATE",
        )


def _quoted(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Column):
        return exp.column(_name(node), quoted=True)
    return node


def _name(column: exp.Column) -> str:
    return ".".join(part.name for part in column.parts)
