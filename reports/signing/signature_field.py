"""Signature field that is appended to a PDF without breaking its PDF/A and PDF/UA conformance."""

from io import BytesIO

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

FIELD = "TandaTangan"
READABLE = "Tanda tangan elektronik"
"""Name of the field, and its name for screen readers. The field is invisible."""


class MetadataPreservingWriter(IncrementalPdfFileWriter):
    """Appends to a PDF without rewriting its metadata, which declare PDF/A and PDF/UA conformance."""

    def _update_meta(self) -> None:
        pass


def add_signature_field(content: bytes) -> MetadataPreservingWriter:
    """Return a writer of the PDF with an empty signature field on its last page."""
    writer = MetadataPreservingWriter(BytesIO(content))
    append_signature_field(writer, SigFieldSpec(FIELD, on_page=-1, readable_field_name=READABLE))
    field = writer.root["/AcroForm"]["/Fields"].raw_get(-1)
    if "/StructTreeRoot" in writer.root:
        _add_to_structure_tree(writer, field)
    return writer


def _add_to_structure_tree(writer: MetadataPreservingWriter, field: IndirectObject) -> None:
    """Add the field at the end of the structure tree (PDF/UA-1, 7.18.4)."""
    root = writer.root["/StructTreeRoot"]
    document = root["/K"].raw_get(0) if isinstance(root["/K"], ArrayObject) else root.raw_get("/K")
    page = field.get_object().raw_get("/P")
    numbers = root["/ParentTree"]["/Nums"]
    key = max(list(numbers)[::2], default=-1) + 1
    element = writer.add_object(
        DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): document,
                pdf_name("/Pg"): page,
                pdf_name("/K"): DictionaryObject(
                    {
                        pdf_name("/Type"): pdf_name("/OBJR"),
                        pdf_name("/Obj"): field,
                        pdf_name("/Pg"): page,
                    }
                ),
            }
        )
    )
    numbers += [NumberObject(key), element]
    document.get_object()["/K"].append(element)
    field.get_object()["/StructParent"] = NumberObject(key)
    for changed in (numbers, document.get_object()["/K"], field.get_object()):
        writer.update_container(changed)
