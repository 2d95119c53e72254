#!/bin/sh
# Writes requirements.lock anew from requirements.in and uv.toml. Needs uv and whatever package index it is set up for.
# The index stays out of the lock: --no-header leaves out this command, --no-emit-* the addresses.
set -eu
cd "$(dirname "$0")"
{
  echo "# Written by lock.sh from requirements.in: edit that one. Hashes of every wheel of a version are listed."
  uv pip compile requirements.in --config-file uv.toml --python-version 3.11 --generate-hashes \
    --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet
} > requirements.lock.new
if grep -nE '://|^ *--(extra-)?index-url|^ *--find-links' requirements.lock.new; then
  echo "lock.sh: an address got into the lock; nothing written" >&2
  rm requirements.lock.new
  exit 1
fi
mv requirements.lock.new requirements.lock
