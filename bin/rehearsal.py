"""The chapters of bin/rehearse-release. They run the code blocks of pages, as they are written."""

import re
import shutil
import textwrap
from functools import partial
from pathlib import Path

from machine import Machine, call, check, wait_for

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.findall(r'(?m)^version = "(.*)"', (ROOT / "pyproject.toml").read_text())[0]
NEXT = "99.0.0"
SITE = "konsultasi.example.go.id"
RULES = ROOT / "contrib/prometheus/rembuk.rules.yml"
PASSWORD = "latihan-pemulihan-2026"  # noqa: S105 -- of the rehearsal only

NOT_RUN = {
    "cd contrib\ninstall": "containers: bin/rehearse-container",
    "podman compose": "containers: bin/rehearse-container",
    "apt-get install -y --no-install-recommends openssh-client": "needs another machine that lets it in",
    "apt-get install -y --no-install-recommends prometheus": "watch() has these settings, outside",
    "python3 contrib/verify_record.py": "needs downloaded heads: tests/record/test_heads.py",
}
"""Beginnings of the blocks that are not run here, and why."""

BLOCKS: dict[str, list[str]] = {}
"""Code blocks of the pages by the title of their section."""
USED: set[str] = set()


def read_blocks() -> None:
    for page in ("operations", "backup", "upgrading", "secrets"):
        text = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
        for title, section in re.findall(r"(?ms)^##+ ([^\n]+)\n(.*?)(?=^##+ |\Z)", text):
            found = re.findall(r"(?ms)^( *)```(?:sh|text)\n(.*?)^ *```", section)
            BLOCKS.setdefault(title, []).extend(textwrap.dedent(block) for _spaces, block in found)


def take(title: str, *numbers: int, version: str = VERSION) -> list[str]:
    """Return code blocks of a section, all without numbers, as an operator of that version types them."""
    found = BLOCKS[title]
    chosen = [found[number] for number in numbers] if numbers else found
    USED.update(chosen)
    return [
        block.replace("rembuk-1.0.0.tar", "rembuk-1.0.0-offline.tar").replace("1.0.0", version)
        for block in chosen
    ]


def account_for_blocks() -> None:
    """Name the blocks that were not run. End the rehearsal if one has no reason."""
    for title, blocks in BLOCKS.items():
        for block in blocks:
            if block not in USED:
                reason = next((NOT_RUN[start] for start in NOT_RUN if block.startswith(start)), "")
                check(f"not run ({title}): {block.splitlines()[0]} [{reason}]", reason)


def shell(machine: Machine, script: str, at: str = "") -> str:
    """Run Python inside Rembuk, as an office of the machine."""
    (machine.folder / "root/script.py").write_text(script, encoding="utf-8")
    return machine.run(f'rembuk {at} shell -c "$(cat /root/script.py)"')


FILL = """
from django.core.management import call_command
from office.models import FactorRequirement, Office
from operations.demo.generate import generate, publish_standard
from operations.demo.people import create_staff
from operations.demo.scenarios import Scenario, TO_OFFICER, TO_REPORT
from django.utils import timezone
call_command("setup_office", verbosity=0)
FactorRequirement.objects.update(is_required=False)
staff = create_staff()
publish_standard(staff)
steps = (9, TO_REPORT), (3, TO_OFFICER), (1, "submit")
generate(staff, [Scenario(hours, verbs, "file") for hours, verbs in steps])
Office.objects.update(opened_at=timezone.now())
"""
"""An office with a few cases, papers and files."""

ASK = """
from consultations.intake.services import submit
submit(applicant_name="Warga Uji", phone="+6281200000777", email="warga@example.id", address="Desa Uji",
       subject="Bantuan sosial", material="Cara mengajukan bantuan.")
"""
"""A request. Rembuk confirms it to the applicant by mail."""


def check_mail_leaves(machine: Machine, at: str = "") -> None:
    """Store a request, and wait until its applicant gets a mail."""
    before = len(machine.read_mail())
    shell(machine, ASK, at)
    wait_for(f"{machine.name}: the applicant gets a mail", lambda: len(machine.read_mail()) > before)


def serves(machine: Machine, site: str, path: str = "/") -> bool:
    """Ask nginx for a page of a site."""
    return machine.fetch(f"https://{site}{path}")[0] == 200


def is_set_for(machine: Machine, timer: str, hours: str) -> None:
    """Check when a timer starts next."""
    when = machine.run(f"systemctl show --property NextElapseUSecRealtime {timer}")
    check(f"{timer} starts at {hours} WIB", re.search(rf" {hours}:\d\d WIB", when), when)


def is_running(machine: Machine, *units: str) -> bool:
    return set(machine.ask(f"systemctl is-active {' '.join(units)}").split()) == {"active"}


def install(folder: Path, base: Path, release: Path, version: str = VERSION) -> Machine:
    """Install up to the empty database."""
    machine = Machine(folder, base)
    shutil.copy(release, folder / "root")
    machine.run("timedatectl set-timezone Asia/Jakarta")
    packages, unpack, database = take("Install", 0, 1, 2, version=version)
    machine.run(f"{packages}apt-get install -y --no-install-recommends valkey-server", outside=True)
    machine.refuse("curl -sS --max-time 5 https://192.0.2.1/")
    machine.run("sha256sum *.tar.gz >SHA256SUMS")
    machine.run(unpack)
    machine.work = f"/root/rembuk-{version}"
    machine.run(database)
    return machine


def open_office(office: Machine) -> None:
    """Install the rest without a network, send mail, and fill the office."""
    settings, certificate, start = take("Install", 3, 4, 5)
    office.type(settings, "administrator", "Administrator Uji", PASSWORD, PASSWORD)
    office.run(certificate)
    found = sorted(re.findall(r"\((\w+\.[EW]\d+)\)", office.run("rembuk check --deploy")))
    check("check --deploy has the two warnings of the page", found == ["notices.W004", "office.W002"], found)
    office.run(start)
    check("web server, worker, scheduler and timer run", is_running(office, *UNITS, "rembuk-backup.timer"))
    is_set_for(office, "rembuk-backup.timer", "01:(3[0-9]|4[0-5])")
    shell(office, FILL)
    office.catch_mail()
    office.run(
        "echo smtp://127.0.0.1:2525 >/etc/rembuk/secrets/EMAIL_URL\n"
        "sed -i 's/#DEFAULT_FROM_EMAIL=.*/DEFAULT_FROM_EMAIL=rembuk@example.go.id/' /etc/rembuk/rembuk.env\n"
        "echo rahasia-pemantau >/etc/rembuk/secrets/METRICS_TOKEN\n"
        "systemctl restart rembuk.target\nrembuk sendtestemail you@example.go.id"
    )
    check("the test mail arrived", len(office.read_mail()) == 1, office.read_mail())
    check_mail_leaves(office)
    for path in ("/", "/ajukan/", "/masuk/"):
        check(f"nginx serves {path}", serves(office, SITE, path))


UNITS = "rembuk-web", "rembuk-worker@1", "rembuk-scheduler"


def reboot(office: Machine) -> None:
    """Switch the machine off and on."""
    office.end()
    check("the machine is off", office.process.returncode is not None)
    office.boot()
    wait_for("after a boot, nginx serves the office", lambda: serves(office, SITE))
    check("and all units run", is_running(office, *UNITS, "rembuk-backup.timer", "nginx", "postgresql"))
    office.catch_mail()
    check_mail_leaves(office)


def watch(machine: Machine) -> None:
    """Let Prometheus scrape the office and look at the rules, as the head of the file of rules says."""
    place = Path(f"{machine.folder}.prometheus")
    place.mkdir()
    (place / "token").write_text("rahasia-pemantau", encoding="utf-8")
    (head,) = re.findall(r"(?ms)^#   scrape_configs:.*?^#\n", RULES.read_text(encoding="utf-8"))
    jobs = textwrap.dedent(re.sub("(?m)^# ?", "", head))
    call("promtool", "check", "rules", RULES)
    (place / "prometheus.yml").write_text(
        f"global: {{scrape_interval: 2s, evaluation_interval: 2s}}\nrule_files: [{RULES}]\n"
        + jobs.replace("/etc/prometheus/rembuk-token", str(place / "token"))
    )
    files = f"--config.file={place}/prometheus.yml", f"--storage.tsdb.path={place}/data"
    listen = "--web.listen-address=127.0.0.1:9090", "--log.level=warn"
    machine.start("prometheus", "prometheus", *files, *listen)
    up = "http://127.0.0.1:9090/api/v1/query?query=up"
    wait_for("Prometheus scrapes the office", lambda: ',"1"]' in machine.fetch(up)[1])


def see(machine: Machine, name: str, state: str, alert: str) -> None:
    """Wait until a condition has a state, and its alert is pending or firing, or gone if the state is ok."""
    wait_for(f"/healthz/ready says {name}: {state}", lambda: machine.conditions().get(name) == state)
    gone = "" if state != "ok" else "no "
    wait_for(f"Prometheus has {gone}alert {alert}", lambda: (alert in machine.alerts()) == (state != "ok"))


def break_things(office: Machine) -> None:
    """Valkey silent, an empty bucket, a bucket that does not answer, a body that is too large."""
    watch(office)
    office.run("systemctl start valkey-server\necho valkey://localhost:6379/0 >/etc/rembuk/secrets/CACHE_URL")
    office.run("systemctl restart rembuk.target")
    see(office, "valkey", "ok", "RembukValkeySilent")
    office.run("systemctl stop valkey-server")
    see(office, "valkey", "attention", "RembukValkeySilent")
    check("pages are served without Valkey", serves(office, SITE))
    office.run("systemctl start valkey-server")
    see(office, "valkey", "ok", "RembukValkeySilent")
    office.run("rm /etc/rembuk/secrets/CACHE_URL")

    office.start("bucket", ROOT / ".venv/bin/python", "-m", "moto.server", "-H", "127.0.0.1", "-p", "5000")
    wait_for("a bucket server answers", lambda: office.fetch(f"{BUCKET}/moto-api/data.json")[0] == 200)
    address = f"STORAGE_URL=s3://rembuk?endpoint_url={BUCKET}&region_name=us-east-1"
    for line in (address, "AWS_ACCESS_KEY_ID=uji", "AWS_SECRET_ACCESS_KEY=uji"):
        office.run(f"echo '{line}' >>/etc/rembuk/rembuk.env")
    shell(office, CREATE_BUCKET)
    office.run("systemctl restart rembuk.target")
    see(office, "files", "attention", "RembukFilesMissing")
    office.run("rembuk move_files")
    see(office, "files", "ok", "RembukFilesMissing")
    office.stop("bucket")
    see(office, "storage", "broken", "RembukBroken")
    office.run("sed -i '/^STORAGE_URL=\\|^AWS_/d' /etc/rembuk/rembuk.env")
    office.run("cd /var/lib/rembuk\nrm -rf files\nmv files-* files\nsystemctl restart rembuk.target")
    see(office, "storage", "ok", "RembukBroken")

    office.run("head -c 34000000 /dev/zero >/root/large")
    status, text = office.fetch(f"https://{SITE}/ajukan/", "--data-binary", "@/root/large")
    is_told = "Tidak ada yang disimpan" in text and "pilih berkas yang lebih kecil" in text
    check("nginx answers 413 with a sentence", status == 413 and is_told, (status, text))
    check("and goes on", serves(office, SITE, "/healthz"))


BUCKET = "http://127.0.0.1:5000"
CREATE_BUCKET = f"""
import boto3
boto3.client("s3", endpoint_url="{BUCKET}", region_name="us-east-1").create_bucket(Bucket="rembuk")
"""


def add_offices(office: Machine) -> None:
    """Two more offices, one of them in another time zone."""
    (add,) = take("Many offices on one machine", 0)
    for name in ("dinsos", "pertanian"):
        office.run(add.replace("dinsos", name))
        place = f"/etc/rembuk/offices/{name}"
        office.run(f"cp /etc/rembuk/tls/*.pem {place}/tls")
        link = f"ln -s {place}/nginx.conf /etc/nginx/sites-enabled/rembuk-{name}"
        office.run(f"{link} && nginx -t && systemctl reload nginx")  # what add_office says
        office.run(f"rembuk @{name} setup_office")
        wait_for(f"nginx serves {name}", partial(serves, office, f"konsultasi.{name}.example.go.id"))
        is_set_for(office, f"rembuk-backup@{name}.timer", r"0(1:[345]\d|[23]:\d\d|4:[012]\d|4:30)")
        office.run(f"systemctl start rembuk-backup@{name}\nrembuk @{name} restic snapshots")
    shell(office, "from office.models import Office\nOffice.objects.update(zone='Asia/Jayapura')", "@dinsos")
    for at, zone in (("", "WIB"), ("@dinsos", "WIT"), ("@pertanian", "WIB")):
        check(f"the clock of the office {at or 'without a name'} is {zone}", zone in shell(office, CLOCK, at))


CLOCK = """
from kit.clock import format_moment, now
from office.worktime import in_office
with in_office():
    print(format_moment(now()))
"""


def upgrade(office: Machine, release: Path) -> None:
    """Upgrade all offices, of which one fails. Go back without the database, which is ahead of the code."""
    shutil.copy(release, office.folder / "root")
    block, again = take("Upgrade", 0, version=NEXT)[0], "rembuk upgrade --all"
    office.run("runuser -u rembuk-dinsos -- psql -q -c 'CREATE TABLE rehearsal (foreign_row text)'")
    office.work = "/root"
    found = office.refuse(block)
    office.work = f"/root/rembuk-{NEXT}"
    for part in (
        "dinsos: migrate gagal",
        "Lanjut: perbaiki, lalu ulangi",
        "Kembali: systemctl stop rembuk@dinsos",
    ):
        check(f"it says: {part}", part in found, found)
    for name in ("rembuk", "rembuk-dinsos"):
        backup = office.folder / f"var/backups/{name}-before-{NEXT}/manifest.json"
        check(f"{name}: there is a backup of before", backup.exists())
    check("the others run", is_running(office, "rembuk-web", "rembuk@pertanian"))
    check("the failed one does not", not is_running(office, "rembuk@dinsos"))
    offices = office.run("rembuk offices")
    for row in (rf"rembuk .* {NEXT} ", rf"dinsos +mati +{NEXT} ", rf"pertanian .* {VERSION} "):
        check(f"the list of offices says {row}", re.search(f"(?m)^{row}", offices), offices)

    (go_back,) = take("Upgrade", 1)
    stop, rest = go_back.split("\n", 1)
    office.run(stop)
    users = office.ask("stat -c %U /proc/[0-9]* 2>/dev/null").split()
    check("systemctl stop returns when all units have stopped", "rembuk" not in users, users)
    office.run(rest)
    see(office, "migrations", "broken", "RembukBroken")
    office.run(go_back.replace(VERSION, NEXT))
    see(office, "migrations", "ok", "RembukBroken")

    office.run("runuser -u rembuk-dinsos -- psql -q -c 'DROP TABLE rehearsal'")
    found = office.run(again)
    check("rembuk upgrade knows who has it", f"rembuk: sudah memakai {NEXT}" in found, found)
    check("mended, all are upgraded", f"Semua kantor memakai Rembuk {NEXT}" in found, found)
    wait_for("all run", lambda: is_running(office, "rembuk-web", "rembuk@pertanian", "rembuk@dinsos"))


def close_office(office: Machine) -> None:
    """Remove an office, and check that the next user with its number could read no file of it."""
    number = office.run("id -u rembuk-pertanian").strip()
    for block in take("Close an office"):
        office.run(block.replace("dinsos", "pertanian"))
    left = office.run(f"find /etc /opt /root /var/backups /var/lib/rembuk* -uid {number}").strip()
    check("no file belongs to its number", not left, left)
    kept = office.folder / "root/rembuk-pertanian"
    check("its backup is kept", (kept / "rembuk-pertanian/manifest.json").exists())
    check("and its keys", (kept / "pertanian/secrets/ENCRYPTION_KEYS").exists())
    offices = office.run("rembuk offices")
    check("the list has it no more", "pertanian" not in offices and "dinsos" in offices, offices)
    check("another office is served", serves(office, "konsultasi.dinsos.example.go.id"))


def practise(office: Machine) -> None:
    """A practice office beside the others."""
    for block in take("Practice office"):
        office.run(block)
    headers = "-H", "X-Forwarded-Proto: https", "-H", "Host: latihan.example.go.id"
    page = office.fetch("http://127.0.0.1:8001/masuk/", *headers)
    check("the practice office has its band", 'class="practice"' in page[1], page)


def log_in(machine: Machine) -> None:
    """Log in as a member of staff. The file /root/session keeps the cookies."""
    page = machine.fetch(f"https://{SITE}/masuk/", "-c", "/root/session")
    token = re.findall('name="csrfmiddlewaretoken" value="(.+?)"', page[1])[0]
    words = {"csrfmiddlewaretoken": token, "login": "pkd", "password": "rembuk-demo-2026"}
    form = [word for name, value in words.items() for word in ("--data-urlencode", f"{name}={value}")]
    session = "-b", "/root/session", "-c", "/root/session", "-e", f"https://{SITE}/masuk/"
    answer = machine.fetch(f"https://{SITE}/masuk/", *session, *form)
    check("somebody of the staff logs in", answer[0] == 302, answer)
    check("and opens the desk", open_desk(machine)[0] == 200)


def open_desk(machine: Machine) -> tuple[int, str]:
    return machine.fetch(f"https://{SITE}/meja/", "-b", "/root/session")


def rotate(office: Machine) -> None:
    """New keys, as docs/secrets.md says."""
    log_in(office)
    (block,) = take("Change a secret")
    office.run(block)
    wait_for("with the fallback, the session works on", lambda: open_desk(office)[0] == 200, 30)
    office.run("rm /etc/rembuk/secrets/SECRET_KEY_FALLBACKS\nsystemctl restart rembuk.target")
    wait_for("without it, it has ended", lambda: open_desk(office)[0] == 302, 30)
    new = office.run(CREATE_KEY).strip()
    keys = "/etc/rembuk/secrets/ENCRYPTION_KEYS"
    office.run(f"cp -p {keys} /root/old\necho {new} >{keys}\nsystemctl restart rembuk.target")
    see(office, "encryption", "attention", "RembukKeyMissing")
    office.run(f"echo {new},$(cat /root/old) >{keys}\nsystemctl restart rembuk.target")
    office.run("rembuk rotate_encryption")
    office.run(f"echo {new} >{keys}\nsystemctl restart rembuk.target")
    see(office, "encryption", "ok", "RembukKeyMissing")


CREATE_KEY = 'python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'


def recover(office: Machine) -> None:
    """Commands for a second administrator, a lost second factor, and a list of passwords."""
    office.type(take("Set up an office")[0], "administrator2", "Administrator Kedua", PASSWORD, PASSWORD)
    office.run(take("Second factor")[0].replace("NAME", "administrator2"))
    (write,) = take("Passwords of known breaches")
    office.run(f"cd /var/lib/rembuk\nprintf 'kata-sandi-bocor\\nrahasia-kantor\\n' >words.txt\n{write}")
    office.run("chown rembuk: /var/lib/rembuk/list.txt")
    office.run("echo PASSWORD_LIST=/var/lib/rembuk/list.txt >>/etc/rembuk/rembuk.env")
    found = office.run("rembuk check --deploy")
    check("with the list of passwords, a warning is gone", "office.W002" not in found, found)


def for_dinsos(block: str) -> str:
    """Return a block about the two roles with the names of the office dinsos, as the page says."""
    for of_first, of_dinsos in {
        "BY rembuk TO rembuk_owner": 'BY "rembuk-dinsos" TO "rembuk-dinsos_owner"',
        "DATABASE rembuk OWNER TO rembuk_owner": 'DATABASE "rembuk-dinsos" OWNER TO "rembuk-dinsos_owner"',
        "rembuk_owner": "rembuk-dinsos_owner",
        "/etc/rembuk/": "/etc/rembuk/offices/dinsos/",
        "localhost/rembuk": "localhost/rembuk-dinsos",
        "psql rembuk ": "psql rembuk-dinsos ",
        "rembuk migrate": "rembuk @dinsos migrate",
    }.items():
        block = block.replace(of_first, of_dinsos)
    return block


def separate_roles(office: Machine) -> None:
    """Two roles of the database: the one of the processes cannot rewrite the record."""
    (block,) = take("Two roles of the database")
    office.type(block.replace("PASSWORD", PASSWORD), PASSWORD, PASSWORD)
    office.run("systemctl restart rembuk.target")
    wait_for("the office answers with the second role", lambda: office.conditions().get("database") == "ok")
    for sql in ("DELETE FROM record_entry", "DELETE FROM consultations_event", "DROP TABLE kit_place"):
        found = office.refuse(f"runuser -u rembuk -- psql rembuk -c '{sql}'")
        check(f"PostgreSQL refuses: {sql}", "permission denied" in found or "must be owner" in found, found)
    office.run("runuser -u postgres -- psql -q rembuk -c 'REVOKE ALL ON consultations_case FROM rembuk'")
    office.run("rembuk migrate")  # as with a new table, without rights
    check_mail_leaves(office)
    office.type(for_dinsos(block).replace("PASSWORD", PASSWORD), PASSWORD, PASSWORD)
    office.run("systemctl restart rembuk@dinsos\nsystemctl start rembuk-backup@dinsos")
    wait_for("the office with a name answers too", lambda: serves(office, "konsultasi.dinsos.example.go.id"))


def move_from_sqlite(other: Machine) -> None:
    """Fill an office on SQLite, move it to PostgreSQL, and empty the place again."""
    (move,) = take("Move")
    other.run("sed -i 's/^DATABASE_URL=.*/DATABASE_URL=/' /etc/rembuk/rembuk.env")
    other.run("rembuk migrate --verbosity 0")
    shell(other, FILL)
    moved = other.run(move)
    check("the office has moved to PostgreSQL", f"{other.name} sends from now on" in moved, moved)
    (empty,) = take("Restore", 1)
    other.run(empty)


def drill(office: Machine, other: Machine) -> None:
    """Restore the running office on another machine. The copy sends nothing before `resume_sending`."""
    for block in take("Backup"):
        office.run(block)
    copies = "var/backups/rembuk-restic"
    call("cp", "-a", f"{office.folder / copies}/.", other.folder / copies)
    other.run("chown -R rembuk: /var/backups/rembuk-restic")
    shutil.copy(office.folder / "root/rembuk-etc.tar.gz", other.folder / "root")
    bring_back, fetch, roles, restore, resume = take("Restore", 0, 2, 3, 4, 5)
    other.run(bring_back)
    other.run("touch /var/backups/rembuk/of-before")
    other.run(fetch)
    check("only what the copy has is fetched", not (other.folder / "var/backups/rembuk/of-before").exists())
    other.type(roles, PASSWORD, PASSWORD)
    other.run(restore)
    other.catch_mail()
    other.run("systemctl start rembuk.target")
    nginx = take("Install", 4)[0].split("\n", 2)[2]  # the certificate came back
    other.run(nginx + "systemctl restart nginx")
    watch(other)
    see(other, "place", "attention", "RembukIsACopy")
    see(office, "place", "ok", "RembukIsACopy")
    log_in(other)
    check("the pages of the copy have a band", BAND in open_desk(other)[1])
    log_in(office)
    check("those of the office have none", BAND not in open_desk(office)[1])
    shell(other, ASK)
    check_mail_leaves(office)
    wait_for("the copy has no task left", lambda: shell(other, COUNT).endswith("\n0 tasks\n"))
    other.refuse("rembuk sendtestemail you@example.go.id")
    other.refuse("rembuk backup --copy-follows /var/backups/rembuk")
    check("no mail left the copy", not other.read_mail(), other.read_mail())

    office.run("systemctl disable --now rembuk.target")
    other.run(resume)
    see(other, "place", "ok", "RembukIsACopy")
    check_mail_leaves(other)
    check("what waited was dropped", len(other.read_mail()) == 1, other.read_mail())
    check("the band is gone", BAND not in open_desk(other)[1])


BAND = 'aria-label="Salinan"'
COUNT = """
from operations.health import list_waiting_tasks
print(list_waiting_tasks().count(), "tasks")
"""


def move(office: Machine, other: Machine) -> None:
    """Move the office dinsos with a message that waits."""
    place = "etc/rembuk/offices/dinsos", "var/backups/rembuk-dinsos"
    office.run(f"echo smtp://127.0.0.1:2525 >/{place[0]}/secrets/EMAIL_URL\nsystemctl stop rembuk@dinsos")
    shell(office, ASK, "@dinsos")
    office.run("rembuk @dinsos backup")
    for kept in place:
        (other.folder / kept).parent.mkdir(exist_ok=True)
        call("cp", "-a", office.folder / kept, (other.folder / kept).parent)
    other.run("rembuk add_office dinsos")
    other.type(for_dinsos(take("Restore", 3)[0]), PASSWORD, PASSWORD)
    restore = take("Restore", 4)[0].replace("rembuk ", "rembuk @dinsos ")
    other.run(restore.replace("backups/rembuk", "backups/rembuk-dinsos"))
    before = len(other.read_mail())
    other.run('rembuk @dinsos resume_sending "$(hostname)" --waiting=send')
    other.run("systemctl enable --now rembuk@dinsos")
    wait_for("what waited was sent from the new place", lambda: len(other.read_mail()) > before)
    wait_for("the moved office serves", lambda: other.conditions(8010).get("place") == "ok")
