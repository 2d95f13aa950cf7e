#!/bin/sh
# The offices of this machine (docs/operations.md, Many offices). Use it as root, through the command rembuk:
#
#   rembuk add_office dinsos konsultasi.dinsos.example.go.id     adds an office, or mends its folders and rights
#   rembuk offices                                               lists state, version, tasks, last backup, space
#   rembuk upgrade --all | @dinsos...                            moves offices to the last installed version
#
# bin/install server copies this file to /usr/local/lib/rembuk/offices. An office dinsos has
#
#   /etc/rembuk/offices/dinsos    rembuk.env, restic.env (settings), secrets/, nginx.conf
#   /opt/rembuk/offices/dinsos    a link to its version
#   /var/lib/rembuk-dinsos        data; /var/backups/rembuk-dinsos: the last backup; -restic: its copies
#   rembuk@dinsos                 its unit; rembuk-backup@dinsos.timer; its user rembuk-dinsos, also in PostgreSQL
set -eu
umask 022
cd /

say() { echo "==> $*"; }
stop() { echo "rembuk: $*" >&2; exit 1; }

# Sets what the other functions need to know about an office. `rembuk` is the office of /etc/rembuk/rembuk.env.
choose() {
    name=$1
    if [ "$name" = rembuk ]; then
        user=rembuk settings=/etc/rembuk link=/opt/rembuk/current at= main=rembuk-web start=rembuk.target
        units="rembuk.target rembuk-web rembuk-worker@* rembuk-scheduler"
    else
        user=rembuk-$name settings=/etc/rembuk/offices/$name link=/opt/rembuk/offices/$name at=@$name
        main=rembuk@$name start=$main units=$main
    fi
    [ -e "$settings/rembuk.env" ] || stop "tidak ada kantor “$name” di mesin ini. Lihat: rembuk offices"
    port=$(get PORT)
    ready=http://127.0.0.1:${port:-8000}/healthz/ready
}

get() { sed -n "s/^$1=//p" "$settings/rembuk.env" | tail -n 1; }

# Tells whether a unit runs, or starts with the machine.
is_used() { systemctl is-enabled --quiet "$1" 2>/dev/null || systemctl is-active --quiet "$1" 2>/dev/null; }

list_names() {
    if is_used rembuk.target || [ -e /etc/rembuk/was-running ]; then echo rembuk; fi
    for found in /etc/rembuk/offices/*/rembuk.env; do
        [ ! -e "$found" ] || basename "$(dirname "$found")"
    done
}

as_user() { (cd / && setpriv --reuid="$user" --regid="$user" --init-groups --no-new-privs "$@"); }

## Secrets. bin/install-server creates those of the first office with create_secrets FOLDER GROUP.

create_secrets() {
    # An installation that has a SECRET_KEY may name its ENCRYPTION_KEYS elsewhere, or have none.
    if [ ! -e "$1/SECRET_KEY" ] && [ ! -e "$1/ENCRYPTION_KEYS" ]; then
        create_secret "$1/ENCRYPTION_KEYS" "$2" 32
        say "kunci enkripsi dibuat: $1/ENCRYPTION_KEYS"
    fi
    create_secret "$1/SECRET_KEY" "$2" 48
    create_secret "$1/RESTIC_PASSWORD" "$2" 48
}

create_secret() { # FILE GROUP BYTES
    if [ ! -e "$1" ]; then (umask 077 && openssl rand -base64 "$3" | tr '+/' '-_' >"$1"); fi
    chgrp "$2" "$1"
    chmod 0640 "$1"
}

## rembuk add_office NAME HOST

add_office() {
    name=${1:-} host=${2:-}
    case $name in
        practice | restic | rembuk | current | before) stop "nama “$name” sudah dipakai Rembuk. Pilih nama lain." ;;
        "" | [!a-z]* | *[!a-z0-9]* | ?????????????????????*)
            stop "cara pakai: rembuk add_office NAMA ALAMAT. NAMA: paling banyak 20 huruf kecil dan angka, diawali huruf." ;;
    esac
    version=$(readlink /opt/rembuk/current) || stop "Rembuk belum terpasang: jalankan bin/install server."
    user=rembuk-$name settings=/etc/rembuk/offices/$name
    again=
    if [ -e "$settings/rembuk.env" ]; then again=yes; else
        case $host in "" | *[!a-z0-9.-]*) stop "tulis alamat situsnya: rembuk add_office $name konsultasi.example.go.id" ;; esac
    fi
    id "$user" >/dev/null 2>&1 ||
        useradd --system --user-group --home-dir "/var/lib/$user" --shell /usr/sbin/nologin "$user"
    install -d -m 0755 /opt/rembuk/offices /etc/rembuk/offices
    install -d -m 0750 -o root -g "$user" "$settings"
    install -d -m 2750 -o root -g "$user" "$settings/secrets"
    install -d -m 0700 -o root -g root "$settings/tls"
    install -d -m 0700 -o "$user" -g "$user" "/var/lib/$user" "/var/backups/$user" "/var/backups/$user-restic"
    # Those of a restored office were copied, with the numbers of the users of another machine.
    chown -R "$user:$user" "/var/backups/$user" "/var/backups/$user-restic"
    [ -e "/opt/rembuk/offices/$name" ] || ln -s "../$version" "/opt/rembuk/offices/$name"
    version=$(basename "$(readlink "/opt/rembuk/offices/$name")")

    share=/opt/rembuk/$version/contrib
    if [ ! -e "$settings/rembuk.env" ]; then
        port=$(sed -n 's/^PORT=//p' /etc/rembuk/*.env /etc/rembuk/offices/*/rembuk.env 2>/dev/null | sort -n | tail -n 1)
        [ "${port:-0}" -ge 8010 ] && port=$((port + 1)) || port=8010
        sed -e "s|konsultasi\.example\.go\.id|$host|" -e "s|/var/lib/rembuk$|/var/lib/$user|" \
            -e "s#/var/backups/rembuk\(\.\|$\)#/var/backups/$user\1#" -e "s|^DATABASE_URL=.*|DATABASE_URL=postgresql:///$user|" \
            -e "s|/etc/rembuk/|$settings/|" -e "s|rembuk\.target|rembuk@$name|" \
            -e "s|/opt/rembuk/current|/opt/rembuk/offices/$name|" -e "s|^#PORT=.*|PORT=$port|" \
            -e "s|^#WEB_CONCURRENCY=.*|WEB_CONCURRENCY=1|" "$share/rembuk.env" >"$settings/rembuk.env.new"
        sed -e "s|/var/backups/rembuk-restic|/var/backups/$user-restic|" -e "s|/etc/rembuk/secrets|$settings/secrets|" \
            "$share/restic.env" >"$settings/restic.env"
        # Names that nginx knows once for all sites are those of this office.
        sed -e "s|konsultasi\.example\.go\.id|$host|" -e "s|127.0.0.1:8000|127.0.0.1:$port|" \
            -e "s|address_without_secrets|&_$name|" -e "s|rembuk_address|rembuk_${name}_address|" \
            -e "s/\(upstream\|log_format\) rembuk /\1 rembuk_$name /" -e "s|http://rembuk;|http://rembuk_$name;|" \
            -e "s|shared:rembuk:|shared:rembuk_$name:|" -e "s|/rembuk.log rembuk;|/rembuk-$name.log rembuk_$name;|" \
            -e "s|rembuk-error.log|rembuk-$name-error.log|" -e "s|/etc/rembuk/tls|$settings/tls|" \
            -e "s|/opt/rembuk/current|/opt/rembuk/offices/$name|" "$share/nginx.conf" >"$settings/nginx.conf"
        chmod 0640 "$settings/rembuk.env.new" "$settings/restic.env"
        mv "$settings/rembuk.env.new" "$settings/rembuk.env" # last: with it, the office exists
    fi
    chgrp "$user" "$settings"/*.env
    create_secrets "$settings/secrets" "$user"
    chgrp "$user" "$settings"/secrets/*
    [ -e "$settings/version" ] || echo "$version" >"$settings/version"
    choose "$name"
    create_database
    if [ "$again" ]; then
        say "kantor $name sudah ada: versi $version, port $(get PORT). Folder dan haknya diperbaiki; setelan dan datanya tetap."
        echo "    Kalau sedang memulihkan: JANGAN jalankan migrate; lanjutkan Memulihkan di docs/panduan/operasional.md.
    Langkah kantor baru, kalau belum:"
    else
        say "kantor $name siap diisi: versi $version, port $port, data di /var/lib/$user. Selanjutnya:"
    fi
    echo "  1. Baca $settings/rembuk.env. Simpan salinan $settings di tempat aman.
  2. rembuk @$name migrate && rembuk @$name createsuperuser && rembuk @$name restic init
  3. systemctl enable --now rembuk@$name rembuk-backup@$name.timer
  4. Sertifikat ke $settings/tls (certificate.pem, key.pem), lalu:
     ln -s $settings/nginx.conf /etc/nginx/sites-enabled/rembuk-$name && nginx -t && systemctl reload nginx"
}

# Only a server on this machine lets the user of the office in without a password.
create_database() {
    if [ "$(get DATABASE_URL)" != "postgresql:///$user" ]; then return; fi
    if ! (user=postgres && as_user psql -qAtc '' postgres) 2>/dev/null; then
        say "PostgreSQL di mesin ini tidak menjawab: basis data tidak dibuat. Jalankan PostgreSQL dan ulangi, atau tulis
    alamat basis data di $settings/rembuk.env (DATABASE_URL)."
        return
    fi
    (
        database=$user user=postgres
        as_user psql -qAtc "SELECT 1 FROM pg_roles WHERE rolname = '$database'" postgres | grep -q 1 ||
            as_user createuser "$database"
        as_user psql -qAtc "SELECT 1 FROM pg_database WHERE datname = '$database'" postgres | grep -q 1 ||
            as_user createdb --owner "$database" --encoding UTF8 --template template0 "$database"
        as_user psql -qAtc "REVOKE CONNECT ON DATABASE \"$database\" FROM PUBLIC" postgres # other offices
    )
}

## rembuk offices

UNCHECKED="tidak diperiksa"

list_offices() {
    format='%-20s  %-15s  %-12s  %-15s  %-16s  %s\n'
    # shellcheck disable=SC2059
    printf "$format" Kantor Keadaan Versi Antrean Cadangan Ruang
    for office in $(list_names); do
        choose "${office#@}"
        version=$(basename "$(readlink "$link")") || version=$UNCHECKED
        # shellcheck disable=SC2059
        printf "$format" "$name" "$(get_state)" "$version" "$(ask_database "$WAITING")" "$(get_backup)" "$(get_space)"
    done
}

get_state() {
    systemctl is-active --quiet "$main" || { echo mati; return; }
    answer=$(curl -s --max-time 10 "$ready") || { echo "tidak menjawab"; return; }
    case $answer in
        *'"state": "ok"'* | *'"state": "unknown"'*) echo baik ;;
        *'"state": "attention"'*) echo "perlu ditangani" ;;
        *'"state": "broken"'*) echo terganggu ;;
        *) echo "$UNCHECKED" ;;
    esac
}

WAITING="SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = 'READY' AND run_after <= now()"

# Asks PostgreSQL on this machine as the user of the office. A password would be seen in the list of processes.
ask_database() {
    url=$(get DATABASE_URL)
    case $url in
        postgresql:///*) PGCONNECT_TIMEOUT=5 as_user psql -qAtXc "$1" "$url" 2>/dev/null || echo "$UNCHECKED" ;;
        *) echo "$UNCHECKED" ;;
    esac
}

get_backup() {
    file=$(get REMBUK_DATA)/last-backup
    [ ! -e "$file" ] || { date -r "$file" '+%Y-%m-%d %H.%M'; return; }
    [ -n "$(get BACKUP_DIR)" ] && echo "belum ada" || echo "$UNCHECKED"
}

# Files and database, in megabytes.
get_space() {
    files=$(du -sm "$(get REMBUK_DATA)" 2>/dev/null | cut -f 1)
    database=$(ask_database 'SELECT pg_database_size(current_database()) / 1048576')
    case $database in
        "$UNCHECKED") echo "${files:-?} MB berkas" ;;
        *) echo "${files:-?} MB berkas, $database MB basis data" ;;
    esac
}

## rembuk upgrade --all | @NAME...

upgrade() {
    version=$(readlink /opt/rembuk/current) || stop "Rembuk belum terpasang: jalankan bin/install server."
    [ $# -gt 0 ] || stop "cara pakai: rembuk upgrade --all, atau rembuk upgrade @dinsos"
    all=
    [ "$1" != --all ] || { all=yes; set -- $(list_names); }
    for office; do
        choose "${office#@}"
        if is_used "$start" || [ -e "$settings/was-running" ]; then used=yes; else used=; fi
        upgrade_office
    done
    [ -z "$all" ] || say "Semua kantor memakai Rembuk $version."
}

# Tells whether `migrate` of this version may have run since the backup of before, which is kept then. Whoever went back
# has changed the link, and the office has worked since.
is_tried() {
    [ -e "$before/manifest.json" ] || return 1
    if [ "$name" = rembuk ]; then
        [ "$(find "$before/manifest.json" -newer "$link")" ]
    else
        [ "$(readlink "$link")" = "../$version" ]
    fi
}

# The file `version` names the version of the last success. The backup of before is kept apart from the nightly one.
upgrade_office() {
    old=$(cat "$settings/version" 2>/dev/null) || old=VERSI-LAMA
    if [ "$old" = "$version" ] && [ "$(basename "$(readlink "$link")")" = "$version" ]; then
        say "$name: sudah memakai $version"
        rm -f "$settings/was-running"
        return
    fi
    if [ "$old" = "$version" ]; then # this version worked, and somebody went back without writing the file
        old=$(basename "$(readlink "$link")")
        echo "$old" >"$settings/version"
    fi
    say "$name: $old -> $version"
    before=/var/backups/$user-before-$version
    if ! is_tried; then
        rm -rf "/var/backups/$user-before-"*
        install -d -m 0700 -o "$user" -g "$user" "$before"
        # shellcheck disable=SC2086
        rembuk $at backup "$before" >/dev/null || [ -e "$before/manifest.json" ] || # made, but files were missing before
            fail "cadangan gagal; kantor ini belum diubah."
    fi
    # An upgrade that is repeated finds the unit stopped, perhaps also not enabled.
    [ ! "$used" ] || touch "$settings/was-running"
    # shellcheck disable=SC2086 # several units; stopping them by name waits until they have ended
    systemctl stop $units || fail "unitnya tidak dapat dihentikan."
    [ "$name" = rembuk ] || ln -sfn "../$version" "$link"
    # shellcheck disable=SC2086
    rembuk $at migrate --verbosity 0 || fail "migrate gagal; kantor ini berhenti."
    if [ "$used" ]; then
        systemctl start "$start" || fail "unitnya tidak dapat dijalankan."
        curl -fsS -o /dev/null --retry 60 --retry-all-errors --retry-delay 1 "$ready" 2>/dev/null ||
            fail "$ready tidak menjawab dengan baik."
        say "$name: berjalan dengan $version"
    else
        say "$name: diperbarui ke $version, tidak dijalankan (sebelumnya juga tidak berjalan)"
    fi
    echo "$version" >"$settings/version"
    rm -f "$settings/was-running"
}

fail() {
    echo "rembuk: $name: $1
  Kantor sesudahnya belum disentuh. Sebabnya: pesan di atas, atau journalctl -u $main -n 50
  Lanjut: perbaiki, lalu ulangi perintah ini; kantor yang sudah selesai dilewati.
  Kembali: systemctl stop $units; ln -sfn $([ "$name" = rembuk ] || echo ../)$old $link; pulihkan $before jika migrate sempat
  mengubah basis data (docs/panduan/operasional.md, Memulihkan); systemctl start $start;
  sesudah memulihkan juga: rembuk $at${at:+ }resume_sending \"\$(hostname)\" --waiting=drop" >&2
    exit 1
}

command=${1:-}
[ "$(id -u)" = 0 ] || stop "jalankan sebagai root."
shift
case $command in
    add_office) add_office "$@" ;;
    create_secrets | create_secret) "$command" "$@" ;;
    offices) list_offices ;;
    upgrade) upgrade "$@" ;;
    *) stop "tidak ada perintah “$command”." ;;
esac
