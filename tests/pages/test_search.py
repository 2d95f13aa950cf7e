"""Search of cases: matches, their order, and the rights of the reader."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations import search
from consultations.enums import Kind, State
from consultations.models import Case
from consultations.search import find
from dispositions import services as dispositions_services
from office.models import User
from tests.factories import Staff, case_at, client_of
from tests.many_cases import copies_of
from tests.pages.test_office_lists import rows

pytestmark = pytest.mark.differs_by_database


def found(text: str, user: User | None = None) -> list[int]:
    cases = Case.objects.visible_to(user) if user else Case.objects.all()
    return find(cases, text).keys


def plain(staff: Staff, state: State = State.SUBMITTED, **details: Any) -> Case:
    """A case whose texts have no word that a test searches."""
    texts = {"applicant_name": "Ani", "subject": "Rapat", "material": "Rapat warga.", "organisation": ""}
    return case_at(state, staff, **{**texts, **details})


def test_words_of_the_matter_and_the_officer_of_today_are_found(staff: Staff) -> None:
    case = plain(staff, material="Bantuan alat pengolahan kerupuk, ikan dan udang.")
    plain(staff)
    for typed in ("kerupuk", "KERUPUK ikan", "keru", "kerupuk ani"):
        assert found(typed) == [case.pk], typed
    assert found("kerupuk sapi") == []
    case = plain(staff, State.ASSIGNED)
    assert found("petugas") == [case.pk]
    dispositions_services.reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Sakit.")
    assert found("other petugas") == [case.pk]


def test_a_misspelt_word_finds_the_word_that_was_meant(staff: Staff) -> None:
    misspelt = {"wlandari": "Wulandari", "bantaun": "Bantuan", "musyawarh": "Musyawarah"}
    misspelt |= {"menumbnig": "Menumbing"}
    plain(staff, subject="Rapat musim hujan")
    for typed, meant in misspelt.items():
        case = plain(staff, applicant_name=f"{meant} Ayu")
        assert found(typed) == found(f"{typed} ayu") == [case.pk], typed
    assert found("xqzwkv") == []


def test_names_come_before_the_subject_and_that_before_the_matter(staff: Staff) -> None:
    matter = plain(staff, material="Menanti jawaban.")
    beginning = plain(staff, applicant_name="Mentari")
    subject = plain(staff, subject="Menteri")
    whole = plain(staff, applicant_name="Men")
    assert found("men") == [whole.pk, beginning.pk, subject.pk, matter.pk]


@pytest.mark.parametrize(("window", "enough"), [(1_500, 26), (1_500, 1), (2, 2)])
def test_each_way_of_searching_finds_the_same(
    window: int, enough: int, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Search the index, the newest cases, and both or all of the officer's own cases."""
    monkeypatch.setattr(search, "WINDOW", window)
    monkeypatch.setattr(search, "ENOUGH", enough)
    first, second = (plain(staff, State.ASSIGNED, subject=f"Rapat desa {n}") for n in ("satu", "dua"))
    plain(staff, State.ASSIGNED)
    plain(staff, subject="Rapat desa tiga")
    plain(staff, subject="Rapat desa tiga")
    for typed, codes in (("desa rapat", [second, first]), ("desa satu", [first]), ("desaa", [second, first])):
        address = f"/permohonan/?state=ASSIGNED&q={typed}"
        for user in (staff.petugas, staff.kabid, staff.kadis):
            assert rows(client_of(user), address) == [case.code for case in codes], (typed, user)
        assert rows(client_of(staff.elsewhere), address) == []


def test_frequent_words_are_found_without_the_index(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "ENOUGH", 1)
    case = plain(staff, subject="Rapat desa")
    with CaptureQueriesContext(connection) as queries:
        assert found("desa") == [case.pk]
    assert not [query for query in queries if "MATCH" in query["sql"] or "@@" in query["sql"]]


def test_only_visible_cases_count(staff: Staff) -> None:
    hidden = plain(staff, kind=Kind.COMPLAINT, complained_party="Loket", subject="Wulandari")
    mine = plain(staff, State.ASSIGNED, subject="Wulandara")
    assert found("wulandari", staff.pkd) == [hidden.pk]
    assert found("wulandari", staff.petugas) == [mine.pk], "the word of a hidden case hides no misspelt one"
    assert found("wulandari", staff.other_kabid) == []


def test_pages_of_a_search_show_each_case_once(staff: Staff) -> None:
    case = plain(staff, subject="Rapat desa")
    cases = [case, *copies_of(case, 27)]
    client, address, seen = client_of(staff.pkd), "/permohonan/?q=desa&kind=CONSULTATION", []
    plain(staff)
    for size in (25, 3):
        page = client.get(address).context["page"]
        assert len(page.rows) == size
        seen += [case.pk for case in page.rows]
        address = f"/permohonan/{page.older}"
    assert not page.older
    assert seen == [case.pk for case in reversed(cases)]
    assert rows(client, "/permohonan/?q=desa&kind=COMPLAINT") == []
    assert client.get("/permohonan/?q=desa&start=x&before=y").status_code == 200


def test_the_end_of_a_telephone_number_and_the_number_of_a_paper_are_found(staff: Staff) -> None:
    case, client = case_at(State.CLOSED, staff, phone="+6281299887766"), client_of(staff.pkd)
    case_at(State.SUBMITTED, staff)
    number = case.documents.exclude(number="").latest("pk").number
    for words in ("7766", "887766", number):
        page = client.get("/permohonan/", {"q": words}).text
        assert page.count("data-case=") == 1, words
        assert f'data-case="{case.code}"' in page
    assert f'data-case="{case.code}"' not in client.get("/permohonan/", {"q": "7765"}).text
    assert (
        f'data-case="{case.code}"' not in client_of(staff.other_kabid).get("/permohonan/", {"q": number}).text
    )
