#!/bin/sh
# Runs a command of Rembuk with the settings of /etc/rembuk, as the user rembuk. Use it as root: rembuk migrate
# `rembuk restic` runs restic with those of the nightly backup: rembuk restic snapshots
# bin/install server copies this file to /usr/local/bin/rembuk. Name files and folders by their absolute paths.
set -eu
umask 077
read_settings() {
    while IFS= read -r line; do
        case $line in [A-Z]*=*) export "$line" ;; esac
    done <"$1"
}
read_settings /etc/rembuk/rembuk.env
# The owner of the tables, if the processes have another role (docs/operations.md, Two roles of the database).
[ ! -r /etc/rembuk/owner.env ] || read_settings /etc/rembuk/owner.env
export CREDENTIALS_DIRECTORY=/etc/rembuk/secrets HOME=/var/lib/rembuk
cd /var/lib/rembuk
if [ "${1:-}" = restic ]; then read_settings /etc/rembuk/restic.env; else set -- /opt/rembuk/current/bin/rembuk "$@"; fi
[ "$(id -un)" = rembuk ] || set -- setpriv --reuid=rembuk --regid=rembuk --init-groups --no-new-privs "$@"
exec "$@"
