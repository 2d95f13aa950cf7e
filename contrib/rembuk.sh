#!/bin/sh
# Runs a command of Rembuk with the settings of /etc/rembuk, as the user rembuk. Use it as root: rembuk migrate
# On a machine with several offices, `rembuk @dinsos migrate` runs it for the office dinsos, as the user rembuk-dinsos.
# `rembuk restic` runs restic with those of the nightly backup: rembuk restic snapshots
# bin/install server copies this file to /usr/local/bin/rembuk. Name files and folders by their absolute paths.
set -eu
umask 077
read_settings() {
    while IFS= read -r line; do
        case $line in [A-Z]*=*) export "$line" ;; esac
    done <"$1"
}
user=rembuk settings=/etc/rembuk program=/opt/rembuk/current/bin/rembuk
case ${1:-} in
    add_office | offices | upgrade) exec /usr/local/lib/rembuk/offices "$@" ;;
    @*)
        user=rembuk-${1#@} settings=/etc/rembuk/offices/${1#@} program=/opt/rembuk/offices/${1#@}/bin/rembuk
        [ -e "$settings/rembuk.env" ] || { echo "rembuk: tidak ada kantor “${1#@}” di mesin ini. Lihat: rembuk offices" >&2; exit 2; }
        shift ;;
esac
read_settings "$settings/rembuk.env"
# The owner of the tables, if the processes have another role (docs/operations.md, Two roles of the database).
[ ! -r "$settings/owner.env" ] || read_settings "$settings/owner.env"
export CREDENTIALS_DIRECTORY="$settings/secrets" HOME="/var/lib/$user"
cd "/var/lib/$user"
if [ "${1:-}" = restic ]; then read_settings "$settings/restic.env"; else set -- "$program" "$@"; fi
[ "$(id -un)" = "$user" ] || set -- setpriv --reuid="$user" --regid="$user" --init-groups --no-new-privs "$@"
exec "$@"
