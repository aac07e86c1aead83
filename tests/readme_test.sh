#!/bin/sh
# The READMEs show what the program prints. After a change: tools/readme QIAO README LANG > README.
cd "$(dirname "$0")/.." || exit 1
make -s all >&2 || { echo "not ok - build"; exit 1; }
echo 1..2
n=0
for x in README.md:en README.zh-CN.md:zh; do
    n=$((n + 1))
    if tools/readme build/gcc/qiao "${x%%:*}" "${x##*:}" 2>/dev/null | cmp -s - "${x%%:*}"; then
        echo "ok $n - ${x%%:*} shows the real output"
    else
        echo "not ok $n - ${x%%:*} shows the real output"
    fi
done
