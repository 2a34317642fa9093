#!/bin/sh
# Sets up what `make demo` or `make test` needs, and nothing twice. POSIX shell; Debian 12 and its like.
set -eu
cd "$(dirname "$0")"
want=${1:?usage: bootstrap.sh demo|test}

say() { printf '%s\n' "setup: $*" >&2; }
die() { say "$*"; exit 3; }
as_root() { [ "$(id -u)" = 0 ]; }

apt_install() { # PURPOSE PACKAGE...
    purpose=$1; shift
    if ! command -v apt-get >/dev/null; then die "$purpose needs $*; install it with this system's package manager"; fi
    if ! as_root; then die "$purpose needs: sudo apt install $*"; fi
    say "installing $* ($purpose)"
    log=$(mktemp)
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } >"$log" 2>&1 ||
        { tail -n 3 "$log" >&2; rm -f "$log"; die "apt could not install $*; is there a network? then try again"; }
    rm -f "$log"
}

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$name"; return
        fi
    done
}

stamp_of() { # LOCK: changes whenever .venv has to be made anew
    "$python" -c 'import hashlib, sys
print(sys.version, hashlib.sha256(b"".join(open(name, "rb").read() for name in sys.argv[1:])).hexdigest())' \
        "$1" pyproject.toml hatch_build.py bootstrap.sh
}

is_made_of() { [ "$(cat .venv/made-of 2>/dev/null)" = "$(stamp_of "$1")" ] && .venv/bin/python -c 'import regiowacht' 2>/dev/null; }

# The heavy half of what tests need runs in the background while the fast tests run, with its log in the user's cache:
# one run of apt beside pip, then the rest (tests/setup). Tests wait for what they need as long as the lock is held.
begin_heavy() {
    state=$("$python" tests/setup/table.py state)
    packages=$("$python" tests/setup/table.py packages)
    mkdir -p "$state" || die "$state cannot be made; the tests need a cache: set XDG_CACHE_HOME"
    exec 8>"$state/apt.lock" 9>"$state/lock"
    if flock -n 9; then rm -f "$state"/*.failed; : >"$state/log"; fi
    flock -n 8 || : # where another set-up runs, its apt goes first; the next line waits for both locks
    (trap '' HUP; flock 9; flock 8; [ -z "$packages" ] || install_all $packages) </dev/null >>"$state/log" 2>&1 &
    exec 8>&-
}

# Leaves one line where that fails, which the tests that lack something repeat. A source of others that cannot be read is
# no reason to give up: whether the packages come is what counts.
install_all() { # PACKAGE...
    if ! command -v apt-get >/dev/null || ! as_root; then return; fi
    said=$(mktemp)
    { apt-get update -q; DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -q -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "$@"; } >"$said" 2>&1 8>&- 9>&- ||
        printf '%s\n' "apt could not install $*: $(grep -m 1 '^E:' "$said" || tail -n 1 "$said")" >"$state/apt.failed"
    cat "$said"
    rm -f "$said"
}

finish_heavy() {
    if [ -n "$packages" ] && as_root; then say "$packages and more are fetched while the fast tests run; log: $state/log"
    elif [ -n "$packages" ]; then say "tests that need $packages will be skipped; to run them: sudo apt install $packages"; fi
    setsid timeout 900 .venv/bin/python -m tests.setup </dev/null >>"$state/log" 2>&1 &
    exec 9>&-
}

python=$(find_python)
if [ -z "$python" ]; then apt_install "Python 3.11 or later" python3 python3-venv; python=$(find_python); fi
[ -n "$python" ] || die "Python 3.11 or later is needed; this system has $(python3 --version 2>/dev/null || echo none)"
"$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install "a virtual environment" python3-venv

[ "$want" = demo ] || begin_heavy

# The tests' packages hold all that the demo needs, so an environment made for the tests serves both.
lock=requirements-dev.lock
if ! is_made_of "$lock"; then
    [ "$want" = test ] || lock=requirements.lock
    if ! is_made_of "$lock"; then
        say "making the virtual environment .venv with $(grep -c == "$lock") packages (half a minute)"
        rm -rf .venv
        "$python" -m venv .venv
        .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock" ||
            die "pip could not install the packages; is there a network? then try again"
        .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable . ||
            die "the product itself could not be installed into .venv; the lines above say why"
        stamp_of "$lock" >.venv/made-of
    fi
fi

# uPlot draws the preview's graphs; it is fetched once, by name, version and hash, into a cache outside the checkout.
.venv/bin/python -m regiowacht_dashboards.preview.fetch || exit 3

[ "$want" = demo ] || finish_heavy
