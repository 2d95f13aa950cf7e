"""Measures warm requests for one address through Django's test client."""

import statistics
import time
from dataclasses import asdict, dataclass
from typing import Any

WARM_UP, RUNS = 3, 21


@dataclass(frozen=True)
class PageCost:
    """Cost of one page. `cpu` and `wall` are medians in milliseconds, `size` is in bytes."""

    status: int
    queries: int
    cpu: float
    wall: float
    size: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def time_page(client: Any, url: str, connection: Any) -> PageCost:
    """Request `url` repeatedly. CPU is that of this process: it includes SQLite, but not PostgreSQL."""
    connection.force_debug_cursor = True
    connection.queries_log.clear()
    response = client.get(url)
    queries = len(connection.queries_log)
    connection.force_debug_cursor = False
    cpu, wall = [], []
    for run in range(WARM_UP + RUNS):
        began = time.process_time(), time.perf_counter()
        client.get(url)
        if run >= WARM_UP:
            cpu.append((time.process_time() - began[0]) * 1000)
            wall.append((time.perf_counter() - began[1]) * 1000)
    return PageCost(
        response.status_code,
        queries,
        round(statistics.median(cpu), 1),
        round(statistics.median(wall), 1),
        len(response.content),
    )
