"""The conditions of a working system as a table, for `/healthz/ready`, `/metrics` and *Keadaan sistem*."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial

from django.db import connection, transaction
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kit.malware import check_scanner
from kit.models import Heartbeat
from office.words import with_words_lazy
from operations import health
from operations.health import SECONDS, Found

logger = logging.getLogger(__name__)


class State(TextChoices):
    """BROKEN: pages cannot be served, or steps not recorded. ATTENTION: something else does not work.

    UNKNOWN: Rembuk cannot tell, and calls nobody.
    """

    OK = "ok", _("Baik")
    UNKNOWN = "unknown", _("Tidak diketahui")
    ATTENTION = "attention", _("Perlu ditangani")
    BROKEN = "broken", _("Terganggu")


@dataclass(frozen=True)
class Check:
    """A row of the table: the check, what is wrong if it fails, and what the administrator does then."""

    name: str
    label: Promise
    find: Callable[[], Found | None]
    problem: Promise
    remedy: Promise
    failed: State = State.ATTENTION
    needs_database: bool = True


@dataclass(frozen=True)
class Condition:
    check: Check
    state: State
    fact: str

    @property
    def is_ok(self) -> bool:
        return self.state in (State.OK, State.UNKNOWN)

    @property
    def severity(self) -> int:
        """0: ok, 1: attention, 2: broken."""
        return 0 if self.is_ok else [State.OK, State.ATTENTION, State.BROKEN].index(State(self.state))


CHECKS = (
    Check(
        "database",
        _("Basis data"),
        health.check_database,
        _("Basis data tidak menjawab, sehingga tidak ada halaman yang dapat dibuka."),
        _("Pastikan layanan basis data berjalan dan alamat di DATABASE_URL benar, lalu lihat lognya."),
        failed=State.BROKEN,
    ),
    Check(
        "migrations",
        _("Susunan basis data"),
        health.check_migrations,
        _("Susunan basis data belum sesuai dengan versi Rembuk ini."),
        _(
            "Jalankan “rembuk migrate”, lalu mulai ulang Rembuk: “systemctl restart rembuk.target”. Jika "
            "basis data lebih baru, pasang versi Rembuk yang sesuai."
        ),
        failed=State.BROKEN,
    ),
    Check(
        "storage",
        _("Penyimpanan berkas"),
        partial(health.in_time, health.store_and_delete),
        _("Berkas tidak dapat disimpan, sehingga lampiran dan naskah ditolak."),
        _("Periksa sisa ruang disk, izin folder berkas, dan sambungan ke penyimpanan."),
        failed=State.BROKEN,
        needs_database=False,
    ),
    Check(
        "files",
        _("Berkas lama"),
        health.check_files,
        _("Berkas permohonan yang tersimpan tidak ditemukan di penyimpanan."),
        _(
            "Periksa REMBUK_DATA dan STORAGE_URL. Jika STORAGE_URL baru diisi, jalankan “rembuk move_files”. "
            "Jika berkas hilang, pulihkan dari cadangan."
        ),
    ),
    Check(
        "scanner",
        _("Pemeriksa virus"),
        partial(health.in_time, check_scanner),
        _("Pemeriksa virus tidak menjawab. Kiriman tetap diterima, tetapi lampiran tidak dapat dibuka."),
        _("Pastikan layanan ClamAV (clamav-daemon) berjalan dan alamat di CLAMAV_URL benar."),
        needs_database=False,
    ),
    Check(
        "closed_room",
        _("Ruang tertutup berkas"),
        health.check_closed_room,
        _(
            "Kiriman dibuka tanpa ruang yang tertutup rapat. Berkas jahat dapat memanfaatkan cacat pustaka "
            "untuk yang tidak dicegah."
        ),
        _(
            "Pasang paket bubblewrap dan libseccomp2, lalu mulai ulang Rembuk. Jika tetap begitu, baca "
            "panduan operasional."
        ),
        needs_database=False,
    ),
    Check(
        "cache",
        _("Cache"),
        health.check_cache,
        _("Cache tidak menjawab, sehingga orang tidak dapat masuk dan mengirim permohonan."),
        _("Pastikan layanan di CACHE_URL berjalan. Tanpa CACHE_URL, jalankan “rembuk migrate”."),
        failed=State.BROKEN,
    ),
    Check(
        "valkey",
        _("Valkey"),
        health.check_valkey,
        _("Valkey tidak menjawab. Basis data menggantikannya, sehingga halaman lebih lambat."),
        _("Pastikan layanan di CACHE_URL berjalan dan dapat dihubungi dari komputer ini."),
    ),
    Check(
        "clock",
        _("Jam server"),
        health.check_own_clock,
        _("Jam komputer ini tidak benar, sehingga langkah layanan tidak dicatat."),
        _("Nyalakan penyetel jam (NTP) di komputer ini dan di komputer basis data."),
        failed=State.BROKEN,
    ),
    Check(
        "disk",
        _("Ruang disk"),
        health.check_disk,
        _("Ruang disk hampir habis. Jika habis, berkas dan data tidak dapat disimpan lagi."),
        _("Perbesar disk, atau pindahkan cadangan lama ke tempat lain. Jangan menghapus folder berkas."),
        needs_database=False,
    ),
    Check(
        "worker",
        _("Pekerja latar"),
        partial(health.check_process, Heartbeat.Kind.WORKER),
        _("Tidak ada pekerja latar yang berjalan, sehingga naskah tidak dibuat dan pesan tertunda."),
        _("Mulai ulang Rembuk: “systemctl restart rembuk.target”. Lalu lihat log layanan rembuk-worker@1."),
    ),
    Check(
        "scheduler",
        _("Penjadwal"),
        partial(health.check_process, Heartbeat.Kind.SCHEDULER),
        _("Penjadwal tidak berjalan, sehingga pengingat dan pengiriman ulang berhenti."),
        _("Mulai ulang Rembuk: “systemctl restart rembuk.target”. Lalu lihat log layanan rembuk-scheduler."),
    ),
    Check(
        "tasks",
        _("Antrean tugas"),
        health.check_tasks,
        _("Tugas latar menunggu terlalu lama."),
        _("Jika pekerja latar berjalan, jalankan satu lagi: “systemctl enable --now rembuk-worker@2”."),
    ),
    Check(
        "documents",
        _("Naskah"),
        health.check_documents,
        _("Ada naskah terbit yang berkas PDF-nya belum dibuat."),
        _("Periksa pekerja latar dan penyimpanan. Jika keduanya baik, lihat log pekerja latar."),
    ),
    Check(
        "place",
        _("Tempat yang mengirim"),
        health.check_place,
        _("Ini salinan dari cadangan atau komputer lain. Surel, pesan, webhook, dan segel menunggu."),
        _(
            "Salinan untuk latihan dibiarkan begitu. Jika kantor kini berjalan di sini, hentikan tempat yang "
            "lama, lalu jalankan “rembuk resume_sending” dengan nama komputer ini."
        ),
    ),
    Check(
        "mail",
        _("Pesan keluar"),
        health.check_mail,
        _("Surel dan pesan WhatsApp tidak terkirim."),
        _("Periksa alamat server surel dan kata sandinya. Pesan yang menunggu dikirim kemudian."),
    ),
    Check(
        "webhooks",
        _("Webhook"),
        health.check_webhooks,
        _("Sistem lain tidak menerima pengumuman langkah permohonan."),
        _(
            "Hubungi pengelolanya di halaman Sistem lain. Bila tokennya kedaluwarsa, penanggung jawab "
            "menerbitkan token yang baru. Bila sistemnya tidak dipakai lagi, cabut aksesnya."
        ),
    ),
    Check(
        "backup",
        _("Cadangan data"),
        health.check_backup,
        _("Cadangan terakhir sudah lama, atau belum pernah dibuat."),
        _(
            "Jalankan “systemctl start rembuk-backup” (kantor bernama: rembuk-backup@nama), lalu lihat di "
            "log layanan itu mengapa cadangan harian gagal. Salinan untuk latihan tidak dicadangkan: biarkan."
        ),
        needs_database=False,
    ),
    Check(
        "encryption",
        _("Kunci enkripsi"),
        health.check_encryption,
        _("Identitas yang dirahasiakan dan tautan pemohon tidak dapat dibaca, dan pesannya tidak terkirim."),
        _(
            "Tambahkan kunci lama di belakang ENCRYPTION_KEYS (atau SECRET_KEY lama pada "
            "SECRET_KEY_FALLBACKS), mulai ulang Rembuk, lalu jalankan “rembuk rotate_encryption”."
        ),
    ),
    Check(
        "record",
        _("Keutuhan catatan"),
        health.check_record,
        _("Catatan layanan mungkin diubah di luar aplikasi, atau dua hari tidak disegel atau diperiksa."),
        _("Jalankan “rembuk verify_record”, jangan ubah apa pun, lalu baca panduan operasional."),
    ),
    Check(
        "second_person",
        _("Orang kedua"),
        health.check_second_person,
        _("Hanya satu orang dapat memutuskan perubahan akses, sehingga tidak ada yang memeriksanya."),
        with_words_lazy(
            _("Angkat %(head)s, atau jadikan pegawai lain administrator, di halaman Perubahan akses.")
        ),
    ),
    Check(
        "staff_check",
        _("Daftar orang"),
        health.check_staff,
        _("Orang yang ditunjuk satu orang sebelum layanan dibuka belum diperiksa."),
        with_words_lazy(_("Minta %(head)s membuka “Periksa daftar orang” di meja kerjanya.")),
    ),
    Check(
        "supervisor",
        _("Pengawas"),
        health.check_supervisor,
        _("Tidak ada Pengawas, sehingga tidak ada yang menerima dan menangani pengaduan tentang pimpinan."),
        _("Minta Inspektorat menunjuk orangnya, lalu usulkan jabatannya di halaman Perubahan akses."),
    ),
)
"""In the order of importance. The name is part of the metrics and of the answer of `/healthz/ready`."""


def examine() -> list[Condition]:
    """Run all checks. If the database does not answer, run only those that do without it."""
    found = [_run(CHECKS[0])]
    for check in CHECKS[1:]:
        if found[0].is_ok or not check.needs_database:
            found.append(_run(check))
    return found


def _run(check: Check) -> Condition:
    try:
        with statement_timeout() if check.needs_database else nullcontext():
            found = check.find() or Found(True)
    except Exception as error:
        logger.warning("the check %s failed: %s: %s", check.name, type(error).__name__, error)
        found = Found(False, getattr(error, "strerror", None) or type(error).__name__)
    state = State.OK if found.is_known else State.UNKNOWN
    return Condition(check, state if found.is_well else check.failed, found.fact)


@contextmanager
def statement_timeout() -> Iterator[None]:
    """Stop each statement after SECONDS. On SQLite, reading never waits."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        yield
