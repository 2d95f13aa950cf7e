"""The sheet of people as a file: its columns, reading an uploaded XLSX or CSV file, and the template.

Files come from other computers. Everything is bounded before it is parsed: bytes of the file, bytes after
decompression, entries, rows and columns. A workbook with macros, links to other files, or declarations of
entities is refused. Formulas are not computed: the cell keeps the formula as text, and its form refuses it.
"""

import csv
import datetime as dt
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import islice
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from office.models import Division, Office, Role
from office.words import word

MAX_BYTES = 1024 * 1024
MAX_UNPACKED = 2 * 1024 * 1024
"""Bytes of all entries of a workbook after decompression."""

MAX_PART = 128 * 1024
"""Bytes of an entry that is no sheet and no list of texts. The library reads 1 MB of styles in 4 s."""

CONTENT = ("xl/worksheets/", "xl/sharedStrings.xml")
"""Entries that hold what people wrote, by the beginning of their names."""

MAX_ENTRIES = 100
MAX_SHEETS = 12
"""Sheets of a workbook. The library reads the file of each one, also if all of them name the same file."""

MAX_ROWS = 200
MAX_COLUMNS = 40
MAX_CELL = 250
EXACT = 10**15
"""Numbers from here on have digits that a spreadsheet does not store."""

HEADER_ROWS = 10
"""The header is one of the first rows: some sheets begin with a title."""

FORBIDDEN = ("vbaproject", "externallink", "activex", "embeddings", "ctrlprops", "macrosheets", "connections")
"""Parts of the names of entries that a sheet of people does not need."""

DECLARATIONS = tuple(
    word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)
"""Declarations of entities. The library finds files by their type, so names of entries do not matter."""


@dataclass(frozen=True)
class Column:
    """A column. `title` is on record in the template, so it is Indonesian; `label` is shown on pages."""

    key: str
    title: str
    label: Promise
    others: tuple[str, ...] = ()
    width: int = 20


COLUMNS = (
    Column(
        "name", "Nama", gettext_lazy("Nama"), ("nama lengkap", "nama lengkap dengan gelar", "pegawai"), 32
    ),
    Column("nip", "NIP", gettext_lazy("NIP"), (), 22),
    Column(
        "rank", "Pangkat/golongan", gettext_lazy("Pangkat"), ("pangkat", "golongan", "pangkat golongan"), 24
    ),
    Column("email", "Surel", gettext_lazy("Surel"), ("email", "alamat surel", "alamat email"), 28),
    Column("title", "Jabatan", gettext_lazy("Jabatan"), ("nama jabatan",), 36),
    Column("role", "Peran", gettext_lazy("Peran"), ("peran dalam layanan",), 18),
    Column("division", "Bidang", word("division_name"), ("nama bidang", "seksi"), 30),
    Column("acting", "Sebagai", gettext_lazy("Sebagai"), ("plt/plh", "plt plh", "status"), 12),
    Column("starts", "Mulai", gettext_lazy("Mulai"), ("dari", "tmt", "mulai tanggal"), 14),
    Column("ends", "Sampai", gettext_lazy("Sampai"), ("sampai tanggal", "selesai"), 14),
    Column("order_number", "Nomor Surat Perintah", gettext_lazy("Nomor Surat Perintah"), ("no. sp",), 24),
    Column("order_date", "Tanggal Surat Perintah", gettext_lazy("Tanggal Surat Perintah"), ("tgl. sp",), 14),
)
KEYS = tuple(column.key for column in COLUMNS)
REQUIRED = ("name", "role")
"""Columns that a sheet must have."""

BY_SPELLING = {
    spelling: column.key for column in COLUMNS for spelling in (column.title.casefold(), *column.others)
}
"""Keys of the columns by their spelling, beside the office's own titles (`get_titles`)."""

type Row = dict[str, str]


def normalise(text: str) -> str:
    """Return a text for comparison: no case, no punctuation at the ends, one space between words."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", text).strip(" .:*")


def get_titles() -> dict[str, str]:
    """Return the titles of the template by key. That of the division is the office's own word."""
    return {column.key: column.title for column in COLUMNS} | {"division": Office.load().word_division_name}


BROKEN = gettext_lazy("Berkas ini rusak atau bukan lembar kerja. Unggah berkas .xlsx atau .csv.")
TOO_LARGE = gettext_lazy("Isi berkas ini terlalu besar. Pakai contoh lembar, lalu unggah lagi.")


class SheetError(Exception):
    """The file cannot be read. The argument is a sentence for the user."""


def read_sheet(file: UploadedFile) -> list[Row]:
    """Return the rows of a file as texts by column, without empty rows. Raise SheetError."""
    return _to_rows(read_lines(file, most=MAX_ROWS))


def read_lines(file: UploadedFile, *, most: int) -> Iterable[Sequence[Any]]:
    """Return the first lines of a file as cells: `most`, and those above a header. Raise SheetError."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise SheetError(
            _("Berkas ini lebih besar dari 1 MB. Hapus gambar dan lembar lain, lalu unggah lagi.")
        )
    if content.startswith(b"PK"):
        return _read_workbook(content, most)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetError(
            _("Ini berkas Excel lama (.xls) atau berkata sandi. Simpan sebagai .xlsx tanpa kata sandi.")
        )
    return _read_csv(content, most)


def _read_workbook(content: bytes, most: int) -> Iterator[tuple[Any, ...]]:
    from openpyxl import load_workbook  # loaded here because web processes rarely need it

    try:
        _check_archive(content)
        book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a forged size would be read cell by cell
        yield from sheet.iter_rows(max_col=MAX_COLUMNS, max_row=most + HEADER_ROWS + 1, values_only=True)
    except SheetError:
        raise
    except Exception as error:  # a damaged workbook fails anywhere in the library
        raise SheetError(BROKEN) from error


def _check_archive(content: bytes) -> None:
    """Raise SheetError if the workbook is too large when unpacked, or holds what is forbidden."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES or _is_too_large(entries):
            raise SheetError(TOO_LARGE)
        if not any(entry.filename == "xl/workbook.xml" for entry in entries):
            raise SheetError(BROKEN)
        if any(word in entry.filename.casefold() for entry in entries for word in FORBIDDEN):
            sentence = _(
                "Berkas ini memuat makro, sisipan, atau tautan ke berkas lain. Simpan sebagai .xlsx biasa."
            )
            raise SheetError(sentence)
        for entry in entries:
            _check_entry(archive, entry)


def _is_too_large(entries: Sequence[zipfile.ZipInfo]) -> bool:
    parts = [
        entry.file_size
        for entry in entries
        if not entry.filename.startswith(CONTENT) or entry.filename.endswith(".rels")
    ]
    return sum(entry.file_size for entry in entries) > MAX_UNPACKED or max(parts, default=0) > MAX_PART


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Raise SheetError for an entry that is longer than it says, lists many sheets, or declares entities."""
    with archive.open(entry) as stream:
        data = stream.read(entry.file_size + 1)
    if data.count(b"sheetId") > MAX_SHEETS:
        raise SheetError(TOO_LARGE)
    # Excel writes UTF-8.
    is_utf16 = entry.filename.endswith((".xml", ".rels")) and b"\0" in data
    if len(data) > entry.file_size or is_utf16 or any(word in data for word in DECLARATIONS):
        raise SheetError(BROKEN)


def _read_csv(content: bytes, most: int) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text or text.lstrip()[:1] in ("<", "{", "%"):
        raise SheetError(_("Berkas ini bukan lembar kerja. Unggah berkas .xlsx atau .csv."))
    beginning = "\n".join(text.splitlines()[:HEADER_ROWS])
    delimiter = max(";,\t", key=beginning.count)
    try:
        yield from islice(csv.reader(StringIO(text), delimiter=delimiter), most + HEADER_ROWS + 1)
    except csv.Error as error:
        raise SheetError(BROKEN) from error


def _find_header(lines: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """Return the position of the header, and the key of each column (empty: unknown). Raise SheetError."""
    keys = BY_SPELLING | {normalise(title): key for key, title in get_titles().items()}
    for number, line in enumerate(lines[:HEADER_ROWS]):
        header = [keys.get(normalise(cell), "") for cell in line]
        if set(REQUIRED) <= set(header):
            return number, header
    raise SheetError(_("Kolom “Nama” dan “Peran” tidak ditemukan. Pakai judul kolom dari contoh lembar."))


LINE = "line"
"""Key of the number of a line in the sheet, as a spreadsheet shows it."""


def _to_rows(lines: Iterable[Iterable[Any]]) -> list[Row]:
    texts = [[to_text(cell) for cell in islice(line, MAX_COLUMNS)] for line in lines]
    above, header = _find_header(texts)
    if twice := next((key for key in header if key and header.count(key) > 1), ""):
        title = get_titles()[twice]
        raise SheetError(_("Kolom “%(title)s” ada dua. Hapus salah satunya.") % {"title": title})
    rows = [
        {LINE: str(number), **{key: cell for key, cell in zip(header, line, strict=False) if key}}
        for number, line in enumerate(texts[above + 1 :], start=above + 2)
        if any(line)
    ]
    if not rows:
        raise SheetError(_("Lembar ini belum berisi pegawai. Isi satu baris untuk satu orang."))
    if len(rows) > MAX_ROWS:
        raise SheetError(
            _("Paling banyak %(n)s baris dalam satu lembar. Bagi menjadi beberapa lembar.") % {"n": MAX_ROWS}
        )
    return rows


def to_text(cell: Any) -> str:
    """Return a cell as text: a date as 2026-01-31, a number without decimals if it has none."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime | dt.date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, int | float) and abs(cell) >= EXACT:
        return f"{cell:.14E}"  # the last digits of a NIP are lost
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "".join(letter for letter in str(cell) if letter.isprintable() or letter.isspace())
    return " ".join(text.split())[: MAX_CELL + 1]


def write_template() -> bytes:
    """Return the template: columns, an example, and lists of the roles and of the office's divisions."""
    from xlsxwriter import Workbook

    output = BytesIO()
    book = Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Pegawai")
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    titles = get_titles()
    for number, column in enumerate(COLUMNS):
        # Excel rounds the 18 digits of a NIP unless the column is text.
        sheet.set_column(number, number, column.width, text)
        sheet.write(0, number, titles[column.key], bold)
    keys = [column.key for column in COLUMNS]
    last = MAX_ROWS
    roles = [str(label) for label in Role.labels]
    divisions = list(Division.objects.filter(is_active=True).values_list("name", flat=True))
    lists = book.add_worksheet("Pilihan")
    for index, (key, values) in enumerate(
        (("role", roles), ("division", divisions), ("acting", ["Plt.", "Plh.", "Pj."]))
    ):
        place = keys.index(key)
        lists.write(0, index, titles[key], bold)
        lists.write_column(1, index, values)
        if values:
            source = f"=Pilihan!${'ABC'[index]}$2:${'ABC'[index]}${len(values) + 1}"
            sheet.data_validation(
                1, place, last, place, {"validate": "list", "source": source, "ignore_blank": True}
            )
    sheet.freeze_panes(1, 1)
    book.close()
    return output.getvalue()
