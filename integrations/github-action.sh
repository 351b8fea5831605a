#!/usr/bin/env bash
# What the GitHub Action runs: installs lstmlint into an environment of its own and checks; all it is told comes in variables.
set -uo pipefail

environment=$(mktemp -d) || exit 2
trap 'rm -rf "$environment"' EXIT
python3 -m venv "$environment" || exit 2
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$LSTMLINT_SOURCE" || exit 2
tool="$environment/bin/lstmlint"

paths=()
while IFS= read -r line; do
    [ -n "$line" ] && paths+=("$line")
done <<<"${LSTMLINT_PATHS:-.}"
arguments=()
while IFS= read -r line; do
    [ -n "$line" ] && arguments+=("$line")
done <<<"${LSTMLINT_ARGUMENTS:-}"

status=0
"$tool" check --output-format "${LSTMLINT_FORMAT:-github}" ${arguments[@]+"${arguments[@]}"} -- "${paths[@]}" || status=$?
if [ "${LSTMLINT_SUMMARY:-true}" = true ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    "$tool" check --output-format markdown --exit-zero ${arguments[@]+"${arguments[@]}"} -- "${paths[@]}" >>"$GITHUB_STEP_SUMMARY" || true
fi
[ -n "${GITHUB_OUTPUT:-}" ] && echo "status=$status" >>"$GITHUB_OUTPUT"
exit "$status"
