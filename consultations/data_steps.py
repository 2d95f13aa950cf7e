"""Rows of the table about the applicant's link and personal data. The standard does not name them.

Correction and deletion are rights of UU 27/2022. Retaining a case excludes it from erasure (legal hold).
"""

from django.utils.translation import gettext_lazy as _

from consultations.enums import ENDED, Party, State
from consultations.preconditions import (
    applicant_is_known,
    applicant_is_open,
    data_is_stored,
    deletion_asked,
    is_not_retained,
    is_of_office,
    is_retained,
    no_deletion_asked,
)
from consultations.step_row import Step

# One row, one step: the formatter would break the rows.
# fmt: off
DATA_STEPS: tuple[Step, ...] = (
    *(Step(0, "renew_link", _("Ganti tautan pemohon"), _("Tautan pemohon diganti"),
           Party.SECRETARIAT, s, s, preconditions=(applicant_is_open, data_is_stored), off_path=True)
      for s in State if s != State.EXAMINING),
    *(Step(0, "correct_contact", _("Perbaiki nama atau nomor"), _("Nama atau nomor diperbaiki"),
           Party.APPLICANT, s, s, preconditions=(applicant_is_known, data_is_stored), off_path=True)
      for s in State),
    *(Step(0, "ask_deletion", _("Minta data saya dihapus"), _("Penghapusan data diminta"),
           Party.APPLICANT, s, s, preconditions=(is_of_office, data_is_stored, no_deletion_asked), off_path=True)
      for s in State if s in ENDED),
    *(Step(0, "decide_deletion", _("Putuskan penghapusan data"), _("Permintaan penghapusan diputuskan"),
           Party.HEAD, s, s, preconditions=(deletion_asked,), off_path=True)
      for s in State if s in ENDED),
    *(Step(0, "retain", _("Tahan dari pemusnahan"), _("Ditahan dari pemusnahan"),
           Party.TIM_PKD, s, s, preconditions=(data_is_stored, is_not_retained), off_path=True)
      for s in State if s in ENDED),
    *(Step(0, "release", _("Akhiri penahanan"), _("Penahanan dari pemusnahan diakhiri"),
           Party.TIM_PKD, s, s, preconditions=(is_retained,), off_path=True)
      for s in State if s in ENDED),
)
# fmt: on
