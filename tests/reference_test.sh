#!/bin/sh
# docs/reference/ is what tools/reference writes. Prints TAP.
cd "$(dirname "$0")/.." || exit 1
mkdir -p build/check
work=$(mktemp -d build/check/reference.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
n=0
tools/reference "$work" || echo "not ok - tools/reference runs"
for page in kinds filter routes; do
    n=$((n + 1))
    if [ -s "$work/$page.md" ] && diff "docs/reference/$page.md" "$work/$page.md" >&2; then
        echo "ok $n - docs/reference/$page.md is current (tools/reference)"
    else
        echo "not ok $n - docs/reference/$page.md is current (tools/reference)"
    fi
done
echo "1..$n"
