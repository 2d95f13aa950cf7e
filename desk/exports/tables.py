"""All lists that can be exported, by their slug."""

from desk.exports.access_log import ACCESS_LOG
from desk.exports.figures import DASHBOARD
from desk.exports.lists import AGENDA, CASES, FOLLOW_UPS
from desk.exports.registers import REGISTERS
from desk.exports.results import SURVEY

TABLES = {
    table.slug: table for table in (CASES, AGENDA, FOLLOW_UPS, *REGISTERS, SURVEY, DASHBOARD, ACCESS_LOG)
}
