#!/bin/sh
# Pins what pyproject.toml asks for: requirements.lock (runtime) and requirements-dev.lock (the tools of `test`).
# Needs uv on the PATH and the network; add --upgrade to take newer versions.
set -eu
cd "$(dirname -- "$0")/../.."
options="--universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-annotate --quiet"
export UV_CUSTOM_COMPILE_COMMAND=deploy/local/lock.sh
# shellcheck disable=SC2086 # words, on purpose
uv --no-config pip compile $options "$@" pyproject.toml -o requirements.lock
# shellcheck disable=SC2086
uv --no-config pip compile $options "$@" --group pyproject.toml:dev -c requirements.lock -o requirements-dev.lock
