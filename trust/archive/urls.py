"""URLs of the archive: lists for destruction, transfers, and the contents of a record."""

from django.urls import path

from trust.archive import contents, views

urlpatterns = [
    path("arsip/", views.archive, name="archive"),
    path("arsip/<slug:kind>/usulkan/", views.propose_destruction, name="propose_destruction"),
    path("arsip/usul/<int:pk>/", views.disposal, name="disposal"),
    path("arsip/usul/<int:pk>/daftar.pdf", views.disposal_pdf, name="disposal_pdf"),
    path("arsip/usul/<int:pk>/<slug:verb>/", views.disposal_act, name="disposal_act"),
    path("arsip/tindakan/<int:pk>.pdf", views.act_scan, name="act_scan"),
    path("arsip/serah-pindah/", views.transfers, name="transfers"),
    path("arsip/serah-pindah/<slug:kind>/siapkan/", views.prepare_transfer, name="prepare_transfer"),
    path("arsip/serah-pindah/<int:pk>/", views.transfer, name="transfer"),
    path("arsip/serah-pindah/<int:pk>/batal/", views.cancel_transfer, name="cancel_transfer"),
    path("arsip/serah-pindah/<int:pk>/berita-acara.pdf", views.transfer_pdf, name="transfer_pdf"),
    path("arsip/serah-pindah/<int:pk>/pindaian.pdf", views.transfer_scan, name="transfer_scan"),
    path("arsip/serah-pindah/<int:pk>/paket.zip", views.transfer_package, name="transfer_package"),
    path("arsip/berkas/<slug:code>/", contents.contents, name="contents"),
    path("arsip/berkas/<slug:code>.pdf", contents.contents_pdf, name="contents_pdf"),
]
