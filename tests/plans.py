"""Query plans of both databases: the tables that a query reads whole, and the indexes that it uses."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection


class Plans:
    """Wrapper that collects the plans of all queries on tables whose names begin with one of `prefixes`.

    PostgreSQL would read the small tables of a test whole, so it is told to avoid that.
    """

    def __init__(self, *prefixes: str) -> None:
        self.prefixes = prefixes
        self.scans: list[str] = []
        self.indexes: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        is_read = sql.startswith(("SELECT", "UPDATE")) and any(f'"{name}' in sql for name in self.prefixes)
        if is_read and connection.vendor == "sqlite":
            execute(f"EXPLAIN QUERY PLAN {sql}", params, many, context)
            for *_ids, line in context["cursor"].fetchall():
                self.indexes += re.findall(r"INDEX (\w+)", line)
                self.scans += re.findall(r"^SCAN (?!subquery).*", line)
        elif is_read:
            execute("SET LOCAL enable_seqscan = off", None, many, context)
            execute(f"EXPLAIN (FORMAT JSON) {sql}", params, many, context)
            for node in _list_nodes(context["cursor"].fetchone()[0][0]["Plan"]):
                self.indexes += [node["Index Name"]] if "Index Name" in node else []
                if node["Node Type"] == "Seq Scan" and node["Relation Name"].startswith(self.prefixes):
                    self.scans.append(node["Relation Name"])
        return execute(sql, params, many, context)


def _list_nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from _list_nodes(part)
