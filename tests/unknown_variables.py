"""Find variables that a template of this project prints or passes on, but its context does not hold.

Django renders them as an empty string; `string_if_invalid` would also change the templates of other packages.
`{% if %}`, `{% for %}` and `{% firstof %}` accept unknown variables: a template has optional ones this way.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.base import Variable, VariableDoesNotExist

FOLDER = settings.BASE_DIR / "templates"


@contextmanager
def recorded() -> Iterator[set[str]]:
    """Yield a set that is filled with "template: variable".

    Only the exception is watched, so that variables that exist cost nothing.
    """
    found: set[str] = set()
    create = VariableDoesNotExist.__init__

    def create_recorded(error: VariableDoesNotExist, *args: Any) -> None:
        create(error, *args)
        lookup = sys._getframe(
            1
        )  # Variable._resolve_lookup(), called by resolve(), called by a filter or tag
        assert lookup.f_code is Variable._resolve_lookup.__code__  # type: ignore[attr-defined]
        variable, context = lookup.f_locals["self"], lookup.f_locals["context"]
        render_context = getattr(context, "render_context", None)
        template = render_context and render_context.template
        is_optional = sys._getframe(3).f_locals.get("ignore_failures")  # of FilterExpression.resolve
        # A page of another package may extend a template of this project.
        origins = [str(each.origin) for each in (template, getattr(context, "template", None)) if each]
        if template and not is_optional and all(Path(each).is_relative_to(FOLDER) for each in origins):
            found.add(f"{template.name}: {variable}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VariableDoesNotExist, "__init__", create_recorded)
        yield found
