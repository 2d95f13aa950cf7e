"""An office whose decree has seven steps, asks for KTP and KK, and has a tariff: set up, progress, pages."""

import pytest
from django.test import Client

from consultations.enums import State
from consultations.models import Case
from consultations.progress import progress
from documents.files import published_standard
from office.lists import list_published_steps
from office.models import Office, Requirement, StandardComponent, StandardStep, User
from operations.setup.office_file import export_office, load_office
from reports.statistics.board import poster
from tests.factories import case_at, client_of, make_staff, walk_in_at
from tests.offices.test_other_offices import text_of_pdf
from tests.setup.test_wizard import fill_in, get_form

pytestmark = pytest.mark.usefixtures("kecamatan")


def shown(state: State) -> str:
    """One letter for each published step of a case: Done, Current, Ahead, Skipped, - without a stage."""
    return letters(case_at(state, make_staff()))


def letters(case: Case) -> str:
    return "".join(stage.status[:1].upper() or "-" for stage in progress(case, case.history.all()))


def test_the_published_steps_cover_all_stages() -> None:
    assert [covered for _step, covered in list_published_steps()] == [
        *([1], [2], [3, 4, 5], [], [6], [7, 8], [9]),
    ]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        *((State.SUBMITTED, "DCA-AAA"), (State.DISPOSED, "DDC-AAA"), (State.PREPARED, "DDD-CAA")),
        *((State.SCHEDULED, "DDD-DCA"), (State.HELD, "DDD-DDC"), (State.CLOSED, "DDD-DDD")),
    ],
)
def test_a_case_moves_along_the_seven_steps(state: State, expected: str) -> None:
    assert shown(state) == expected


def test_a_walk_in_is_served_only_after_its_consultation() -> None:
    """The urgent way is covered by the step of the consultation, which the walk-in alone does not end."""
    staff = make_staff()
    for state, expected in ((State.ASSIGNED, "DDD-SCA"), (State.HELD, "DDD-SDC")):
        assert letters(walk_in_at(state, staff)) == expected


def test_pages_and_papers_show_the_decree(client: Client) -> None:
    titles = list(StandardStep.objects.values_list("title", flat=True))
    home, standard = client.get("/").text, client.get("/standar-layanan/").text
    paper, sheet = text_of_pdf(published_standard()), text_of_pdf(poster())
    for text in (home, standard, sheet):
        assert [title for title in titles if title not in text] == []
    for text in (home, standard, paper, sheet):
        assert "Rp10.000 setiap konsultasi" in text
        assert "Fotokopi KTP" in text
    assert "Wali Kota Contoh Timur" in standard
    assert "Surat saran izin usaha" in home
    for address, words in (("/ppid/", "PPID Pembantu Kecamatan Contoh"), ("/privasi/", "Dewi Contoh")):
        assert words in client.get(address).text
    assert 'href="/ppid/"' in home
    assert 'href="/ppid/"' in client.get("/ajukan/").text


def test_the_office_file_sets_it_up() -> None:
    file = export_office()
    Office.objects.all().delete()
    for model in (StandardStep, Requirement, StandardComponent):
        model.objects.all().delete()
    load_office(file)
    assert export_office() == file
    assert len(file["steps"]) == 7
    assert file["requirements"][1] == {
        "number": 2,
        "text": "Fotokopi KTP",
        "asks": "FILE",
        "is_required": True,
    }


def test_the_pages_of_the_set_up_set_it_up() -> None:
    admin = User.objects.create(username="admin", name="Admin", is_staff=True, is_superuser=True)
    client = client_of(admin)
    before = export_office()
    assert fill_in(client, "standar").endswith("/layanan/")
    after = export_office()
    for part in ("office", "publication", "steps", "requirements"):
        assert after[part] == before[part], "what the page shows is what it stores"
    changed = {"step_text_8": "Arsip disimpan.", "step_title_8": "Arsip", "requirement_text_3": ""}
    fill_in(client, "standar", **changed)
    assert StandardStep.objects.get(number=8).title == "Arsip"
    assert list(Requirement.objects.values_list("number", "text"))[2:] == [
        (3, "Usaha ini milik saya sendiri")
    ]
    wrong = client.post("/pengaturan/mulai/standar/", {**get_form(client, "standar"), "step_title_4": ""})
    assert wrong.status_code == 422
    assert "Langkah tanpa tahap memerlukan judul singkat." in wrong.text
