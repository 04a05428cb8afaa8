# Sourced by the scripts beside it.

find_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3 python; do
        if command -v "$name" > /dev/null && "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2> /dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "Nightdesk needs Python 3.11, 3.12 or 3.13 with the modules venv and ensurepip (Debian: apt-get install python3-venv)." >&2
    return 1
}

# Makes .venv where it is missing and brings it to exactly the versions of the lock file, then adds this project.
# The stamp remembers what was installed last, so that a repeat costs nothing.
install_pinned() {
    local lock=$1 stamp=.venv/.installed wanted compile=
    # Where Python must not write bytecode while it runs, each process would compile the libraries anew: a second for each of hundreds in the tests.
    [ -z "${PYTHONDONTWRITEBYTECODE:-}" ] || compile=--compile-bytecode
    wanted=$(cat .ci/requirements.lock "$lock" pyproject.toml | cksum)
    if [ -x .venv/bin/python ] && [ -f "$stamp" ] && grep -qxF "$wanted $lock" "$stamp"; then
        return
    fi
    [ -x .venv/bin/python ] || "$(find_python)" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .ci/build.lock
    # uv is quicker; pip does where uv cannot reach what pip is configured for. The list is whole, so pip need not look for what each package wants:
    # pip 23.2 (shipped with Python 3.11) would find sqlalchemy[asyncio] without a hash there.
    .venv/bin/uv pip install --quiet $compile --python .venv/bin/python --require-hashes --requirement "$lock" \
        || .venv/bin/python -m pip install --quiet --no-deps --require-hashes --requirement "$lock"
    .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
    [ -z "${PYTHONDONTWRITEBYTECODE:-}" ] || .venv/bin/python -m compileall -q crawlers flows warehouse
    echo "$wanted $lock" >> "$stamp"
}
