"""The functions of this project that `kit.cache.remembered` decorates."""

import sys
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

import config.urls  # noqa: F401 -- imports all modules with such functions
from kit.cache import remembered

DECORATED = f"{remembered.__qualname__}.<locals>.get"


@cache
def list_remembered() -> list[Callable[[], Any]]:
    """Return these functions of all modules that are imported."""
    values = [value for module in list(sys.modules.values()) for value in vars(module).values()]
    functions = {value for value in values if isinstance(value, FunctionType)}
    return [value for value in functions if value.__code__.co_qualname == DECORATED]


def remember_all() -> None:
    """Call them all, so that what follows makes no query for their data."""
    for get in list_remembered():
        get()
