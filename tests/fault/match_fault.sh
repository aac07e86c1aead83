#!/bin/sh
# Every allocation and every write of `qiao match` fails, one at a time: status 1, one sentence, no crash, no leak, no
# file. Writes fail one a run; an allocation fails in a child forked there (QIAO_FAULT_EACH, base/fault.h), so that what
# came before it is done once for all of them; of --json and --explain, which read and match as the workbook does, every
# third, or by FAULT_STRIDE=1 each (three minutes in all). Prints TAP.
cd "$(dirname "$0")/../.." || exit 1
make -s -j2 VARIANT=fault all build/fault/golden/mkxlsx >&2 || { echo "not ok - the program does not build"; exit 1; }
qiao=$PWD/build/fault/qiao
base=$(mktemp -d "$PWD/build/fault/match.XXXXXX") || exit 1
trap 'rm -rf "$base"' EXIT
trap 'exit 1' INT TERM
LC_ALL=C.UTF-8
export LC_ALL
for side in needs results; do
    build/fault/golden/mkxlsx rows "$base/$side.xlsx" <"tests/golden/tiny/$side.tsv" || exit 1
done

run() { # ARGUMENT...: the command, in $work/out
    (cd "$work/out" && exec "$qiao" match "$base/needs.xlsx" "$base/results.xlsx" --threads 1 --quiet "$@")
}
said() { # NAME TOTAL BAD: a line of TAP
    if [ -z "$3" ] && [ "$2" -gt 0 ]; then
        echo "ok - $1: $2 points"
    else
        echo "not ok - $1: of $2 points, these: $3"
    fi
}

# Lines of a report (base/fault.h) that a failure must not make: the numbers.
judge() {
    awk -F '\t' '$2 != 1 || $3 != "-" || $4 !~ /^qiao: / || $4 ~ /\|/ || $4 ~ /[a-z][.][a-z_]*$/ { print $1 }' "$1"
}
allocations() { # NAME STRIDE ARGUMENT...
    name=$1 stride=$2 work=$base/$1
    shift 2
    mkdir -p "$work/out" "$work/each"
    QIAO_FAULT_STRIDE=$stride QIAO_FAULT_EACH=$work/each run "$@" >/dev/null 2>"$work/stderr"
    status=$?
    : >>"$work/each/report"
    bad=$(judge "$work/each/report")
    echo "$bad" | head -n 20 | awk -F '\t' 'NR == FNR { is[$1] = 1; next } $1 in is' - "$work/each/report" >&2
    [ "$status" = 0 ] || { bad="$bad the run itself: status $status"; cat "$work/stderr" >&2; }
    said "allocations, $name" "$(wc -l <"$work/each/report")" "$(echo $bad)"
}
writes() { # NAME ARGUMENT...
    name=$1 work=$base/writes point=1 bad=
    shift
    mkdir -p "$work/out"
    while :; do
        left=-
        QIAO_FAULT_WRITE=$point run "$@" >/dev/null 2>"$work/stderr"
        status=$?
        [ $status != 0 ] || break
        [ -z "$(ls -A "$work/out")" ] || left=left
        printf '%d\t%d\t%s\t%s\n' "$point" $status $left "$(tr '\n' '|' <"$work/stderr" | sed 's/|$//')" >>"$work/report"
        rm -rf "$work/out/"*
        point=$((point + 1))
    done
    bad=$(judge "$work/report")
    [ -z "$bad" ] || cat "$work/report" >&2
    said "writes, $name" $((point - 1)) "$(echo $bad)"
}
# the workbook's allocations on one processor, everything else on the other
allocations workbook 1 -o matches.xlsx --experts >"$base/workbook.tap" &
allocations json "${FAULT_STRIDE:-3}" --json
allocations explain "${FAULT_STRIDE:-3}" --explain Q1 P1
writes workbook -o matches.xlsx --experts
wait
cat "$base/workbook.tap"
