"""Makes the sample papers of docs/samples/: python -m tests.print.samples [folder]."""

import os
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "samples"


def main(folder: Path) -> None:
    """Write each kind of paper, made from invented cases in a database that is thrown away."""
    with tempfile.TemporaryDirectory() as data:
        os.environ["REMBUK_DATA"] = data
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import django

        django.setup()
        from django.test.utils import setup_databases, setup_test_environment, teardown_databases

        setup_test_environment()
        databases = setup_databases(verbosity=0, interactive=False)
        try:
            for name, content in sample_papers().items():
                (folder / name).write_bytes(content)
                print(folder / name, len(content))
        finally:
            teardown_databases(databases, verbosity=0)


def sample_papers() -> dict[str, bytes]:
    """File name and PDF of each sample."""
    from reports.documents import KINDS, render
    from tests import factories
    from tests.print import scenes

    factories.make_office()
    case = scenes.reported(staff := scenes.people())
    draft = render(KINDS["laporan"], case)
    scenes.accept(case, staff)
    papers = {f"{slug}.pdf": render(kind, case, link=scenes.LINK) for slug, kind in KINDS.items()}
    return {**papers, "laporan-draf.pdf": draft}


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
