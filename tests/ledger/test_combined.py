"""Combined edits."""
from tests.factories import Staff
from tests.ledger.conftest import list_findings
from trust.ledger.models import Leaf
from trust.ledger.parts import PARTS
def test_clean(record: Staff) -> None:
    print("\n".join(list_findings()))
    print({part.number for part in PARTS} - set(Leaf.objects.values_list("part", flat=True)))
    assert list_findings() == []
