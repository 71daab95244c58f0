#!/bin/sh
# Installs the connector from this folder, without a network: sh install.sh [FOLDER]
# It only looks for a Python that is new enough; install.py does the rest.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
found=
for python in "$PYTHON" python3.13 python3.12 python3.11 python3 python; do
    if ! command -v "$python" >/dev/null 2>&1; then
        continue
    fi
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$python" "$here/install.py" "$@"
    fi
    found="$found $("$python" -V 2>&1)"
done
echo "需要 Python 3.11 以上，本机没有（找到的：${found:- 无}）。请先安装，或用环境变量 PYTHON 指明它在哪里。" >&2
echo "Python 3.11 or later is needed and not there (found:${found:- none}). Install it, or say in the variable PYTHON where it is." >&2
exit 2
