"""All lists that can be exported, by their slug."""

from desk.exports.figures import DASHBOARD
from desk.exports.lists import AGENDA_BOOK, CASES, FOLLOW_UPS
from desk.exports.results import RECAP, SURVEY

TABLES = {table.slug: table for table in (CASES, AGENDA_BOOK, FOLLOW_UPS, RECAP, SURVEY, DASHBOARD)}
