#!/bin/sh
# Make the virtual environment named by $1 with the first Python 3.11 or newer that can.
# Plain sh, because at this point nothing else is known to exist.
set -eu
venv=$1

for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3 python}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        found=$candidate
        break
    fi
done

if [ -z "${found:-}" ]; then
    echo "Regulars needs Python 3.11 or newer and found none on PATH." >&2
    echo "Install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.11)" >&2
    echo "or name one:  make setup PYTHON=/path/to/python3.11" >&2
    exit 1
fi

if ! "$found" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$found cannot make virtual environments: its venv or ensurepip module is missing." >&2
    echo "Install it (Debian, Ubuntu: apt-get install python3-venv) and run make again." >&2
    exit 1
fi

echo "Making $venv with $("$found" --version)"
"$found" -m venv "$venv"
