"""All lists that can be exported, by their slug."""

from desk.exports.figures import DASHBOARD
from desk.exports.lists import AGENDA, CASES, FOLLOW_UPS
from desk.exports.registers import REGISTERS
from desk.exports.results import SURVEY

TABLES = {table.slug: table for table in (CASES, AGENDA, FOLLOW_UPS, *REGISTERS, SURVEY, DASHBOARD)}
