#!/bin/sh
# Regiowacht: installs the agent on this server and has it join its region. Made for one invitation by the collector.
#
#   printf CODE | sh THIS_FILE [NAME]
#
# NAME is the server's in the region folder, where the invitation is not for one server. Nothing outside of /opt, /etc,
# /var/lib and systemd is touched; what went wrong is told in one line, and running this again goes on from there.
# shellcheck shell=dash

target=/opt/regiowacht
work=/opt/regiowacht.new
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

say() {
    # shellcheck disable=SC2059 # the texts hold the places
    printf "$@"
    printf '\n'
}

fail() {
    printf 'regiowacht: ' >&2
    say "$@" >&2
    exit 3
}

forget_this_file() {
    # The pasted line left it in a folder of mktemp's, for itself alone.
    case $(pwd)/$0 in
    */tmp.*/@id@)
        here=$(pwd)
        rm -f "$here/@id@"
        cd /
        rmdir "$here" 2>/dev/null || :
        ;;
    *) cd / ;;
    esac
}

clean_up() {
    trap - EXIT INT TERM HUP
    rm -rf "$work"
}

check_server() {
    [ -d /run/systemd/system ] || fail @no-systemd@
    machine=$(uname -m)
    case " @machines@ " in
    *" $machine "*) ;;
    *) fail @bad-machine@ "$machine" ;;
    esac
    for folder in /opt /etc/systemd/system /var/lib; do
        # Not ":": a shell ends where a special builtin's file cannot be opened.
        if ! { mkdir -p "$folder" && touch "$folder/.regiowacht-may-write"; } 2>/dev/null; then
            fail @read-only@ "$folder"
        fi
        rm -f "$folder/.regiowacht-may-write"
    done
    free=$(df -Pk /opt | tail -n 1 | while read -r _ _ _ left _; do printf '%s' "$left"; done)
    [ "${free:-0}" -ge @needed-kb@ ] || fail @no-room@ "$((${free:-0} / 1024))" "$((@needed-kb@ / 1024))"
}

find_python() {
    found= other=
    for name in python3 @python-names@; do
        command -v "$name" >/dev/null 2>&1 || continue
        version=$("$name" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        case " @pythons@ " in
        *" $version "*)
            if "$name" -I -c 'import ctypes, sqlite3, ssl, venv' 2>/dev/null; then
                found=$name
                return
            fi
            ;;
        *) other="$other $version" ;;
        esac
    done
}

get_python() {
    find_python
    [ -z "$found" ] || return 0
    [ -z "$other" ] || fail @bad-python@ "${other# }"
    command -v apt-get >/dev/null 2>&1 || fail @no-python@
    say @installing-python@
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    get="apt-get -q -y -o DPkg::Lock::Timeout=120 --no-install-recommends install python3 python3-venv"
    # shellcheck disable=SC2086 # these are words
    if ! said=$($get </dev/null 2>&1) && ! said=$(apt-get -q update </dev/null 2>&1 && $get </dev/null 2>&1); then
        fail @no-apt@ "$(printf '%s\n' "$said" | tail -n 2)"
    fi
    find_python
    [ -n "$found" ] || [ -z "$other" ] || fail @bad-python@ "${other# }"
    [ -n "$found" ] || fail @no-apt@ "$(printf '%s\n' "$said" | tail -n 2)"
}

make_work() {
    # Of an earlier time that was cut off between two moves.
    if [ ! -e "$target" ] && [ -e "$work/old" ]; then mv "$work/old" "$target"; fi
    rm -rf "$work/environment" "$work/old"
    mkdir -p "$work/tmp"
    chmod 755 "$work"
    TMPDIR=$work/tmp
    export TMPDIR
    trap clean_up EXIT
    trap 'clean_up; exit 130' INT TERM HUP
    printf '#!/bin/sh\n' >"$work/may-run"
    chmod 755 "$work/may-run"
    "$work/may-run" 2>/dev/null || fail @no-exec@
}

install_packages() {
    cat >"$work/plan.json" <<'END_OF_PLAN'
@plan@
END_OF_PLAN
    cat >"$work/on_server.py" <<'END_OF_PROGRAM'
@program@
END_OF_PROGRAM
    "$found" -I "$work/on_server.py" "$work/plan.json" "$work" "$target" </dev/null || exit 3
    "$target/bin/regiowacht" --version >/dev/null </dev/null || fail @does-not-run@
}

join_region() {
    set -- "$1"
    name=@server@
    [ -n "$name" ] || name=${1:-$(uname -n)}
    name=${name%%.*}
    set -- agent join @collector@ --install --lang @lang@
    [ -n @server@ ] || set -- "$@" --name "$name"
    if [ -n "$authority" ]; then
        printf '%s\n' "$authority" >"$work/authority.pem"
        set -- "$@" --ca "$work/authority.pem"
    fi
    # printf is the shell's own: the code is in no list of processes.
    printf '%s\n' "$code" | "$target/bin/regiowacht" "$@"
}

main() {
    set -eu
    umask 022
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null 2>&1 || [ ! -f "$0" ]; then
            forget_this_file
            fail @no-root@
        fi
        # sudo keeps few variables: the proxy that brought this script here is needed by the rest of it too.
        through=${HTTPS_PROXY:-${https_proxy:-}}
        exec sudo ${through:+env HTTPS_PROXY="$through"} sh "$0" "$@"
    fi
    code=
    if [ -t 0 ]; then printf '%s' @ask-code@; fi
    read -r code || :
    forget_this_file
    [ -n "$code" ] || fail @no-code@
    authority=@authority@
    say @begins@
    check_server
    exec 9>/run/regiowacht-install.lock
    flock -n 9 || fail @busy@
    get_python
    make_work
    install_packages
    join_region "${1-}"
}

main "$@"
exit
