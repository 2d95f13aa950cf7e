"""The guides (Panduan): one Markdown file for each role, and who finds it first."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from guides.markdown import Text, read_text
from guides.own_words import list_own_words
from office.models import Role, User


@dataclass(frozen=True)
class Guide:
    """A guide. `file` is a path below `docs/`, without suffix. Visitors read public ones only.

    `role` is the role that it is written for. `is_for_all_roles` marks the one about accounts and absences.
    The guides of administrators have `is_for_staff`.
    """

    file: str
    role: Role | None = None
    is_public: bool = False
    is_for_all_roles: bool = False
    is_for_staff: bool = False
    language: str = "id"

    @property
    def slug(self) -> str:
        """Name in the address: the name of the file, with the language if it is not Indonesian."""
        name = self.file.rpartition("/")[2]
        return name if self.language == "id" else f"{name}-{self.language}"

    @property
    def path(self) -> Path:
        return Path(settings.BASE_DIR) / "docs" / f"{self.file}.md"

    @property
    def text(self) -> Text:
        """The text with the office's words."""
        return read_text(self.path, list_own_words() if self.language == "id" else ())

    @property
    def title(self) -> str:
        return self.text.title

    def is_for(self, user: User | AnonymousUser) -> bool:
        """Return whether the guide describes the work of this reader."""
        if not isinstance(user, User):
            return self.is_public
        return self.is_for_all_roles or self.role in user.roles or (self.is_for_staff and user.is_staff)

    def is_readable_by(self, user: User | AnonymousUser) -> bool:
        return self.is_public or user.is_authenticated


GUIDES = (
    Guide("panduan/pemohon", is_public=True),
    Guide("panduan/pegawai", is_for_all_roles=True),
    Guide("panduan/sekretariat", Role.SECRETARIAT),
    Guide("panduan/tim-pkd", Role.TIM_PKD),
    Guide("panduan/kepala-dinas", Role.HEAD),
    Guide("panduan/kepala-bidang", Role.DIVISION_HEAD),
    Guide("panduan/petugas", Role.OFFICER),
    Guide("panduan/pengawas", Role.SUPERVISOR),
    Guide("panduan/administrator", is_for_staff=True),
    Guide("guides/administrator", is_for_staff=True, language="en"),
)
BY_SLUG = {guide.slug: guide for guide in GUIDES}


def list_guides(user: User | AnonymousUser) -> tuple[list[Guide], list[Guide]]:
    """Return the guides for the reader's own roles, and the others that the reader may open."""
    readable = [guide for guide in GUIDES if guide.is_readable_by(user)]
    own = [guide for guide in readable if guide.is_for(user)]
    return own, [guide for guide in readable if guide not in own]
