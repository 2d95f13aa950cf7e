"""One demo case on its way through its scenario: who takes part, when, and with which uploaded files."""

import datetime as dt
import math
import re
import wave
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from textwrap import wrap

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from PIL import Image, ImageDraw

from consultations.enums import Channel
from consultations.intake.uploads import CheckedFile, check_file
from consultations.models import Case
from consultations.parties import Applicant
from consultations.scheduling.availability import reserve_time
from consultations.scheduling.models import Session, Slot
from consultations.scheduling.queries import current_session
from kit import clock
from kit.refusal import Refused
from office.models import User
from office.worktime import WorkingTime
from operations.demo.people import Staff, Team
from operations.demo.scenarios import Scenario
from operations.demo.texts import list_phrases
from operations.demo.topics import Topic

HALF_HOUR = dt.timedelta(minutes=30)


def floor_to_half_hour(moment: dt.datetime) -> dt.datetime:
    return moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)


def subtract_minutes(moment: dt.datetime, minutes: int, work: WorkingTime) -> dt.datetime:
    """Return the moment `minutes` of working time before `moment`. Raise ValueError without open hours."""
    if (found := work.subtract_minutes(moment, minutes)) is None:
        raise ValueError("the office has no working hours")
    return found


def add_minutes(moment: dt.datetime, minutes: int, work: WorkingTime) -> dt.datetime:
    """Return the moment `minutes` of working time after `moment`. Raise ValueError without open hours."""
    if (found := work.add_minutes(moment, minutes)) is None:
        raise ValueError("the office has no working hours")
    return found


MINUTES = {
    "send_back": (60, 240), "complete": (400, 900), "withdraw": (120, 400), "register": (20, 180),
    "withdraw_for": (120, 400), "name_official": (300, 600),
    "void": (15, 90), "dispose": (60, 300), "decline": (90, 300), "hand_back": (40, 200),
    "recall": (2, 20), "assign": (30, 240),
    "dispose_for": (60, 300), "refuse_disposition": (60, 200),
    "assign_for": (30, 240), "ratify_assignment": (30, 200), "refuse_assignment": (30, 200),
    "reassign": (60, 200), "prepare": (150, 600), "amend": (60, 200), "ask_opinion": (40, 160),
    "call_meeting": (30, 120), "record_minutes": (1200, 1500),
    "record_opinion": (700, 1500), "remind_agency": (700, 1500), "renew_link": (40, 200),
    "correct_data": (20, 120), "schedule": (20, 90), "reschedule": (60, 240),
    "no_show": (700, 1300), "start": (700, 1300), "ratify": (30, 200), "answer": (200, 500),
    "undo_start": (1, 2), "take_back": (1, 1), "finish": (14, 29), "record_attendance": (10, 40),
    "report": (120, 700), "revise": (60, 300), "forward": (60, 300), "return": (60, 300), "accept": (60, 300),
    "ask_time": (30, 200), "keep_time": (30, 120), "lapse": (5000, 5600),
    "to_complaint": (30, 120), "to_consultation": (30, 120), "split": (30, 120),
    "merge": (30, 120),
    "ask_again": (300, 900), "answer_again": (60, 400),
    "correct": (900, 1800), "survey": (200, 1800), "follow_up": (1500, 3000),
}  # fmt: skip
"""Working minutes before each step: at least, at most."""

OVERRUN = (34, 52)
"""Minutes of a consultation that takes longer than the standard allows."""

WALK_IN_WAIT = (4, 15)
"""Minutes until a walk-in is served."""

MEETINGS = ("start", "no_show")


@dataclass
class CaseRun:
    """A case and the steps ahead of it. The same number gives the same run."""

    number: int
    scenario: Scenario
    topic: Topic
    staff: Staff
    work: WorkingTime
    present: dt.datetime
    case: Case = field(default_factory=Case)

    def __post_init__(self) -> None:
        self.rng = Random(f"rembuk {self.number}")  # noqa: S311 -- the same demo each time, nothing secret
        self.ahead = [(verb, self._minutes_before(verb)) for verb in self.scenario.verbs[1:]]
        total = int(self.scenario.hours_ago * 60) + sum(minutes for _verb, minutes in self.ahead)
        self.opens_at = subtract_minutes(self.present, total, self.work)
        self.team: Team = self.staff.teams[self.topic.division]
        self.disposed_to = self.team
        """Team that has the disposition: the right one, or a wrong one that hands it back."""

    def _minutes_before(self, verb: str) -> int:
        if verb == "start" and self.scenario.channel == Channel.WALK_IN:
            return self.rng.randint(*WALK_IN_WAIT)
        return self.rng.randint(*(OVERRUN if verb == "finish" and self.has("overrun") else MINUTES[verb]))

    def has(self, option: str) -> bool:
        return option in self.scenario.options.split()

    def pop_next_step(self) -> tuple[dt.datetime, str]:
        """Return the time and the verb of the next step, and remove it from the steps ahead."""
        verb, minutes = self.ahead.pop(0)
        if verb in MEETINGS and (start := self.planned_start):
            waited = 0 if self.ends_with("start") else 20 if verb == "no_show" else self.number % 4
            return start + dt.timedelta(minutes=waited), verb
        if verb == "finish":
            entered_later = 40 if self.has("entered_late") else 0
            return clock.now() + dt.timedelta(minutes=minutes + entered_later), verb
        return add_minutes(clock.now(), minutes, self.work), verb

    @property
    def planned_start(self) -> dt.datetime | None:
        """Start of the current session, None if nothing is scheduled."""
        session = current_session(self.case)
        return session.starts_at if session else None

    def has_step(self, verb: str) -> bool:
        return verb in self.scenario.verbs

    def ends_with(self, verb: str) -> bool:
        return self.scenario.verbs[-1] == verb

    @property
    def officer(self) -> User:
        """The case's officer. Raises LookupError if the scenario has not assigned one yet."""
        if self.case.officer is None:
            raise LookupError("the scenario takes a step of the officer before it assigns one")
        return self.case.officer

    @property
    def applicant(self) -> Applicant:
        return Applicant(self.case.secret)

    def comes_next(self, verb: str) -> bool:
        return bool(self.ahead) and self.ahead[0][0] == verb

    def find_visit_time(self) -> dt.datetime:
        """Return the visit time that the applicant asks for: a half hour near the later session, not full."""
        minutes = sum(minutes for verb, minutes in self.ahead if verb not in ("finish", "report"))
        moment = self.find_time([], add_minutes(clock.now(), max(minutes, 1500), self.work))
        while self.is_full(moment):
            moment = self.find_time([], moment + HALF_HOUR)
        return moment

    def is_full(self, moment: dt.datetime) -> bool:
        """Return whether the office takes no further visitor at a moment."""
        try:
            reserve_time(moment, None, field="visit_at")
        except Refused:
            return True
        return False

    def find_session_time(self, people: Iterable[User]) -> tuple[dt.datetime, int]:
        """Return start and length in minutes of a session for which the people are free."""
        length = HALF_HOUR * (2 if self.has("overrun") else 1)
        meeting = next((minutes for verb, minutes in self.ahead if verb in MEETINGS), None)
        if self.ends_with("start"):
            earliest = floor_to_half_hour(subtract_minutes(self.present, 5, self.work))
        elif meeting is None and not any(verb == "withdraw" for verb, _minutes in self.ahead):
            earliest = add_minutes(self.present, 150 + self.number % 7 * 190, self.work)
        else:
            earliest = add_minutes(clock.now(), meeting or 900, self.work)
        return self.find_time(list(people), earliest, length), int(length.total_seconds() // 60)

    def find_time(
        self, people: list[User], earliest: dt.datetime, length: dt.timedelta = HALF_HOUR
    ) -> dt.datetime:
        """Return the first half hour, not before `earliest`, that begins a time of `length` free for all."""
        moment = floor_to_half_hour(earliest)
        while not self._is_free(people, moment, length):
            moment += HALF_HOUR
        return moment

    def _is_free(self, people: list[User], moment: dt.datetime, length: dt.timedelta) -> bool:
        end = moment + length
        # The present is reserved for the sessions that are in progress when the demo opens.
        at_present = end > self.present - 3 * HALF_HOUR and moment < self.present + HALF_HOUR
        if (at_present and not self.ends_with("start")) or not self.work.includes(moment, end):
            return False
        return not is_busy(people, moment, end)

    def find_officer(self, start: dt.datetime, end: dt.datetime) -> User:
        """Return a free officer of the team other than the current one, or the head if all are busy."""
        first, second, *_rest = self.team.officers
        officers = (second, first) if self.number % 2 else (first, second)
        free = [user for user in officers if user != self.case.officer and not is_busy([user], start, end)]
        return [*free, self.team.head][0]

    def phrase(self, verb: str) -> str:
        return self.rng.choice(list_phrases(verb))

    def new_letter_number(self, day: dt.date) -> str:
        return f"{self.topic.classification}/{self.rng.randint(11, 290)}/{day.year}"


def is_busy(people: list[User], start: dt.datetime, end: dt.datetime) -> bool:
    """Return whether one of the people has a session between two moments, or is in one now."""
    planned = Slot.objects.filter(user__in=people, session__starts_at__lt=end, session__ends_at__gt=start)
    running = Session.objects.filter(
        Q(officer__in=people), started_at__isnull=False, finished_at__isnull=True, started_at__lt=end
    )
    return planned.exists() or (start <= clock.now() and running.exists())


def voice_note() -> CheckedFile:
    """Return a second of a tone, in place of a voice."""
    sound, rate = BytesIO(), 8000
    with wave.open(sound, "wb") as note:
        note.setnchannels(1)
        note.setsampwidth(1)
        note.setframerate(rate)
        note.writeframes(bytes(128 + int(60 * math.sin(at * 440 * 2 * math.pi / rate)) for at in range(rate)))
    return CheckedFile(sound.getvalue(), "audio/wav", "rekaman-telepon.wav")


def request_letter(case_details: dict[str, str], number: str) -> CheckedFile:
    """Return a letter to the head of the office: one page of PDF."""
    text = f"""Nomor: {number}
Hal: {case_details["subject"]}

Yth. Kepala Dinas Sosial dan Pemberdayaan Masyarakat Desa
di Pangkalpinang

Dengan hormat, kami memohon waktu konsultasi mengenai hal tersebut di atas.

Hormat kami, {case_details["applicant_name"]}"""
    return _page("surat permohonan.pdf", text.splitlines())


def answer_letter(agency: str, number: str, text: str) -> CheckedFile:
    """Return the answer of another agency: one page of PDF."""
    lines = [agency, f"Nomor: {number}", "Hal: Pendapat atas materi konsultasi", "", *wrap(text, 80)]
    return _page("surat jawaban.pdf", lines)


def _page(name: str, lines: list[str]) -> CheckedFile:
    escaped = [re.sub(r"([\\()])", r"\\\1", line) for line in lines]
    shown = " ".join(f"({line}) Tj T*" for line in escaped)
    pdf = pikepdf.new()
    name_of = pikepdf.Name
    font = pikepdf.Dictionary(Type=name_of.Font, Subtype=name_of.Type1, BaseFont=name_of.Helvetica)
    page = pdf.add_blank_page(page_size=(595, 842))
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.obj.Contents = pdf.make_stream(f"BT /F1 11 Tf 18 TL 71 740 Td {shown} ET".encode("latin-1"))
    content = BytesIO()
    pdf.save(content)
    return check_file(SimpleUploadedFile(name, content.getvalue()))


def photo(caption: str) -> CheckedFile:
    """Return a small PNG with a caption."""
    image = Image.new("RGB", (480, 300), "#dfe8e4")
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 70, 420, 240), fill="#7aa294", outline="#2f5d50", width=4)
    pen.text((60, 255), caption, fill="#1d2b27")
    content = BytesIO()
    image.save(content, "PNG")
    return check_file(SimpleUploadedFile("foto bahan.png", content.getvalue()))
