"""What signing adds behind a paper: a field for the signature, which leaves the paper PDF/A and PDF/UA."""

from io import BytesIO

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

FIELD = "TandaTangan"
READABLE = "Tanda tangan elektronik"
"""The field's name, and how a screen reader says it. It has no place on the page, which tells who signs."""


class Addition(IncrementalPdfFileWriter):
    """Writes behind a paper, whose bytes stay. What the paper says of itself stays too.

    pyHanko would write the metadata anew, and with it the declaration of conformance, in other words.
    """

    def _update_meta(self) -> None:
        pass


def with_field(content: bytes) -> Addition:
    """The paper with an empty field for the signature, ready to be signed."""
    paper = Addition(BytesIO(content))
    append_signature_field(paper, SigFieldSpec(FIELD, on_page=0, readable_field_name=READABLE))
    field = paper.root["/AcroForm"]["/Fields"].raw_get(-1)
    if "/StructTreeRoot" in paper.root:
        _tag(paper, field)
    return paper


def _tag(paper: Addition, field: IndirectObject) -> None:
    """Put the field in the structure tree, at the end of the document (PDF/UA-1, 7.18.4)."""
    root = paper.root["/StructTreeRoot"]
    document = root["/K"].raw_get(0) if isinstance(root["/K"], ArrayObject) else root.raw_get("/K")
    page = field.get_object().raw_get("/P")
    numbers = root["/ParentTree"]["/Nums"]
    key = max(list(numbers)[::2], default=-1) + 1
    element = paper.add_object(
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
        paper.update_container(changed)
