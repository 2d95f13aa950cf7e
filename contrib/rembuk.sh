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
as_user=
[ "$(id -un)" = "$user" ] || as_user="setpriv --reuid=$user --regid=$user --init-groups --no-new-privs"
# shellcheck disable=SC2086 # a command and its options
case ${1:-} in
    restic)
        read_settings "$settings/restic.env"
        exec $as_user "$@" ;;
    migrate)
        $as_user "$program" "$@"
        # A new table gives no rights to the role of the processes, if it is another one.
        [ -r "$settings/owner.env" ] || exit 0
        sql=$($as_user "$program" grants "$user")
        echo "$sql" | $as_user "$program" dbshell -- --quiet -v ON_ERROR_STOP=1 ;;
    *) exec $as_user "$program" "$@" ;;
esac
