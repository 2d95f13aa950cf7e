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
resolve = Variable.resolve


@contextmanager
def recorded() -> Iterator[set[str]]:
    """Yield a set that is filled with "template: variable"."""
    found: set[str] = set()

    def resolve_known(variable: Variable, context: Any) -> Any:
        try:
            return resolve(variable, context)
        except VariableDoesNotExist:
            render_context = getattr(context, "render_context", None)
            template = render_context and render_context.template
            is_optional = sys._getframe(1).f_locals.get("ignore_failures")  # of FilterExpression.resolve
            # A page of another package may extend a template of this project.
            origins = [str(each.origin) for each in (template, getattr(context, "template", None)) if each]
            if template and not is_optional and all(Path(each).is_relative_to(FOLDER) for each in origins):
                found.add(f"{template.name}: {variable}")
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Variable, "resolve", resolve_known)
        yield found
