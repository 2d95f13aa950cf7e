"""The cache in the database, without its silence about failures."""

from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import Error, IntegrityError, connections, router, transaction


class ReportingDatabaseCache(DatabaseCache):
    """Raise the error of a database that does not store an entry.

    Django's cache reports "exists already" instead, which a rate limit takes for too many requests.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        failures: list[Error] = []

        def execute(run: Any, *query: Any) -> Any:
            try:
                return run(*query)
            except IntegrityError:  # another process adds the same entry
                raise
            except Error as error:
                failures.append(error)
                raise

        database = router.db_for_write(self.cache_model_class)
        # The outer transaction raises what fails at commit, such as a full disk.
        with connections[database].execute_wrapper(execute), transaction.atomic(using=database):
            added: bool = super().add(*args, **kwargs)
            if failures:
                raise failures[0]
        return added
