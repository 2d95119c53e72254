#!/bin/sh
# Everything `make run` and `make test` need: environments, front end, browser. Safe to stop and to start again:
# a step counts as done only when its stamp holds the hash of what it was made from.
#   ./setup.sh run     application, intent model, pages
#   ./setup.sh test    the same, and what the tests need
set -eu
cd "$(dirname "$0")"

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
stamp() { cat "$@" | sha256sum | cut -c1-64; }
is_done() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

python() {
    for name in "${PYTHON:-}" python3.11 python3; do
        [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
        "$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && { echo "$name"; return; }
    done
    fail "Python 3.11 not found; install it or set PYTHON=/path/to/python3.11"
}

need_mb() { # free space, only asked for when something is still to be installed
    free=$(df -Pm . | awk 'NR==2 {print $4}')
    [ "$free" -ge "$1" ] || fail "disk almost full: $free MB free, $1 MB needed for $2"
}

venv() { # venv FOLDER: a working virtual environment, made anew when broken
    "$1/bin/python" -c 'import pip' 2>/dev/null && return
    rm -rf "$1"
    "$PY" -m venv "$1" || fail "cannot make $1 (is python3.11-venv installed?)"
}

pip_install() { "$1/bin/python" -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes -r "$2" ||
    fail "installing $2 failed; run the same command again to go on"; }

application() {
    wanted=$(stamp requirements.lock pyproject.toml setup.sh)
    is_done .venv/.application "$wanted" && return
    say "Application environment (.venv): about 2 minutes the first time"
    need_mb 3000 "the application environment"
    venv .venv
    pip_install .venv requirements.lock
    # Pinned by version alone: its CPU and CUDA builds have different hashes. Its requirements came with the lock file.
    .venv/bin/python -m pip install --disable-pip-version-check --quiet torch==2.13.0 || fail "installing torch failed"
    .venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e . ||
        fail "installing the project failed"
    echo "$wanted" >.venv/.application
}

intent_model() {
    wanted=$(stamp bot/intent_model/requirements.lock setup.sh)
    is_done .venv-rasa/.intent_model "$wanted" && return
    say "Intent model environment (.venv-rasa): about 2 minutes the first time"
    need_mb 3500 "the intent model environment"
    venv .venv-rasa
    .venv-rasa/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes \
        --ignore-requires-python -r bot/intent_model/requirements.lock ||
        fail "installing the intent model failed; run the same command again to go on"
    echo "$wanted" >.venv-rasa/.intent_model
}

pages() {
    wanted=$(cd api/web && find . \( -name node_modules -o -name dist \) -prune -o -type f -print0 | sort -z | xargs -0 cat | stamp)
    is_done api/web/dist/.pages "$wanted" && return
    say "Pages (api/web/dist)"
    need_mb 500 "the pages"
    if ! node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null || ! command -v npm >/dev/null; then
        pip_install .venv requirements.node.lock
        PATH="$PWD/.venv/bin:$PATH"
    fi
    (cd api/web && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build) || fail "building the pages failed"
    echo "$wanted" >api/web/dist/.pages
}

test_tools() {
    wanted=$(stamp requirements.test.lock setup.sh)
    if ! is_done .venv/.test_tools "$wanted"; then
        say "Test tools"
        pip_install .venv requirements.test.lock
        echo "$wanted" >.venv/.test_tools
    fi
    missing=
    command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing="chromium fonts-noto-cjk fontconfig"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
    [ -n "$missing" ] || return 0
    [ "$(id -u)" = 0 ] || fail "the tests need Debian's packages $missing; install them or run as root"
    say "Chromium, a Chinese font, PostgreSQL for the tests (apt)"
    # shellcheck disable=SC2086  # several packages
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
        fail "apt-get could not install $missing"
}

PY=$(python)
case "${1:-}" in
run) application; intent_model; pages ;;
test) application; intent_model; pages; test_tools ;;
*) fail "usage: ./setup.sh run|test" ;;
esac
