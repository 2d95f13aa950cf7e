"""Times one address: CPU and wall-clock time of a warm request through Django's test client."""

import statistics
import time
from dataclasses import asdict, dataclass
from typing import Any

WARM_UP, RUNS = 3, 21


@dataclass(frozen=True)
class Figures:
    """What one page costs. `cpu` and `wall` are medians in milliseconds."""

    status: int
    queries: int
    cpu: float
    wall: float
    size: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def time_page(client: Any, url: str, connection: Any) -> Figures:
    """Ask for `url` again and again. CPU is that of this process: SQLite's is in it, PostgreSQL's is not."""
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
    return Figures(
        response.status_code,
        queries,
        round(statistics.median(cpu), 1),
        round(statistics.median(wall), 1),
        len(response.content),
    )
