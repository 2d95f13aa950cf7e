"""What the tests of papers share: staff with names and ranks, and a coat of arms."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from office.models import Office
from tests import factories
from tests.print import scenes


@pytest.fixture
def people(office: Office) -> factories.Staff:
    return scenes.people()


@pytest.fixture
def with_arms(office: Office) -> Callable[[], Office]:
    """Gives the office a coat of arms."""

    def give() -> Office:
        picture = BytesIO()
        Image.new("RGB", (60, 80), "#2a6").save(picture, "PNG")
        office.coat_of_arms.save("lambang.png", ContentFile(picture.getvalue()))
        return office

    return give
