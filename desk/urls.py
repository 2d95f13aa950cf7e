"""URLs of the pages that join all apps. Last in `config/urls.py`, because a verb can be any slug."""

from django.urls import URLPattern, path

from consultations.intake import refusals
from desk import absences, exports, front_desk, guides, live
from desk.views import applicant_case, case, desk, lists, public, selection, steps

urlpatterns: list[URLPattern] = [
    path("", public.home, name="home"),
    path("standar-layanan/", public.standard, name="standard"),
    path("standar-layanan/<slug:name>/", public.standard_file, name="standard_file"),
    path("ppid/", public.ppid, name="ppid"),
    path("aksesibilitas/", public.accessibility, name="accessibility"),
    path(".well-known/security.txt", public.security_txt, name="security_txt"),
    path("panduan/", guides.guides, name="guides"),
    path("panduan/<slug:slug>/", guides.guide, name="guide"),
    path("meja/", desk.desk, name="desk"),
    path("meja/denyut/", live.pulse, name="pulse"),
    path("meja-depan/", front_desk.front_desk, name="front_desk"),
    path("meja-depan/<int:pk>/kedatangan/", front_desk.arrival, name="arrival"),
    path("meja/semua-halaman/", desk.all_pages, name="all_pages"),
    path("berhalangan/", absences.absences, name="absences"),
    path("berhalangan/catat/", absences.record, name="absence_new"),
    path("berhalangan/<int:pk>/", absences.absence, name="absence"),
    path("berhalangan/<int:pk>/akhiri/", absences.end, name="absence_end"),
    path("berhalangan/<int:pk>/pengganti/<int:source>/", absences.name_stand_in, name="stand_in"),
    path(
        "berhalangan/<int:pk>/pengganti/<int:delegation>/akhiri/", absences.end_stand_in, name="stand_in_end"
    ),
    path("meja/perkenalan/selesai/", desk.close_introduction, name="close_introduction"),
    path("meja/berikutnya/", desk.next_case, name="next"),
    path("meja/sekaligus/<slug:verb>/", selection.bulk, name="bulk"),
    path("srikandi/", exports.srikandi, name="srikandi"),
    path("map-bukti/", exports.evidence, name="evidence"),
    path("dasbor/", lists.dashboard, name="dashboard"),
    path("agenda/", lists.agenda, name="agenda"),
    path("ekspor/<slug:slug>.<slug:file_format>", exports.export, name="export"),
    path("ekspor/<uuid:pk>/hasil/", exports.export_page, name="export_page"),
    path("ekspor/<uuid:pk>/berkas/", exports.export_file, name="export_file"),
    path("permohonan/", lists.cases, name="cases"),
    path("permohonan/ingatkan/", selection.remind, name="remind"),
    path("permohonan/ganti-petugas/", selection.hand_over, name="hand_over"),
    path("permohonan/<code:code>/", case.case, name="case"),
    path("permohonan/<code:code>/<slug:verb>/saran/", steps.fitting_advice, name="fitting_advice"),
    path("permohonan/<code:code>/<slug:verb>/draf/", steps.step_draft, name="step_draft"),
    path("permohonan/<code:code>/<slug:verb>/", steps.step, name="step"),
    path("p/<secret:secret>/", applicant_case.follow, name="follow"),
    path("p/<secret:secret>/tanda-terima/", applicant_case.receipt, name="receipt"),
    path("p/<secret:secret>/saya-datang/", applicant_case.confirm_coming, name="confirm_coming"),
    path("p/<secret:secret>/adukan/", refusals.complain_about_refusal, name="complain"),
    path("p/<secret:secret>/<slug:verb>/", applicant_case.follow_step, name="follow_step"),
]
