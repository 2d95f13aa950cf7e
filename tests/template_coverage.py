"""Measure which nodes of the templates are rendered, while `--cov` measures Python.

django-coverage-plugin needs a tracer, which slows down every test and does not work with `sys.monitoring`.
Here each node records its own rendering. With xdist each worker sends its record to the controller.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import engines
from django.template.base import Node, TextNode
from django.template.defaulttags import PartialDefNode
from django.template.loader_tags import BlockNode, ExtendsNode

FAIL_UNDER = 98
"""Percentage of all nodes that must be rendered, unless `--cov-fail-under` is given."""

type Part = tuple[str, int, str]
"""A node of a template: file, line and source."""


def part_of(node: Node) -> Part:
    assert node.token
    return str(node.origin), node.token.lineno or 0, node.token.contents


def list_parts(nodes: Any, *, extends: bool = False) -> Iterator[Part]:
    """Yield each node that can be rendered: in a template that extends another, only those in its blocks.

    The definition of a partial renders nothing; the nodes inside it do.
    """
    for node in nodes:
        is_blank = isinstance(node, TextNode) and not node.s.strip()
        if not extends and not is_blank and not isinstance(node, PartialDefNode):
            yield part_of(node)
        if not extends or isinstance(node, BlockNode):
            for name in node.child_nodelists:
                yield from list_parts(getattr(node, name, ()), extends=isinstance(node, ExtendsNode))


class TemplateCoverage:
    """A pytest plugin that fails the run if too few nodes were rendered."""

    def __init__(self) -> None:
        self.nodes: set[Node] = set()
        self.rendered: set[Part] = set()
        for kind in (Node, TextNode):
            self.record(kind)

    def record(self, kind: type[Node]) -> None:
        """Make all nodes of this class record that they are rendered. Only the first time costs anything."""
        render = kind.render_annotated

        def render_annotated(node: Node, context: Any) -> Any:
            self.nodes.add(node)
            node.render_annotated = partial(render, node)  # type: ignore[method-assign]
            return render(node, context)

        setattr(kind, "render_annotated", render_annotated)  # noqa: B010 -- a method of Django's

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.rendered |= {tuple(part) for part in node.workeroutput.get("rendered", ())}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.rendered |= {part_of(node) for node in self.nodes if node.token}
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["rendered"] = [*self.rendered]
            return
        folder = Path(settings.BASE_DIR, "templates")
        files = [str(file.relative_to(folder)) for file in folder.rglob("*.*")]
        templates = [engines["django"].get_template(file).template for file in files]  # type: ignore[attr-defined]
        parts = {part for template in templates for part in list_parts(template.nodelist)}
        self.missing: dict[str, set[int]] = defaultdict(set)
        for file, line, _source in parts - self.rendered:
            self.missing[file].add(line)
        self.percentage = 100 * len(parts & self.rendered) / len(parts)
        required = session.config.option.cov_fail_under
        self.required = FAIL_UNDER if required is None else required
        if self.percentage < self.required and not session.exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        terminalreporter.section("template nodes that were not rendered")
        for file, lines in sorted(self.missing.items()):
            terminalreporter.line(f"{file}: {', '.join(map(str, sorted(lines)))}")
        result = "FAIL" if self.percentage < self.required else "Rendered"
        terminalreporter.line(
            f"{result}: {self.percentage:.1f} % of all template nodes, required: {self.required} %"
        )
