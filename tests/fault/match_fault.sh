#!/bin/sh
# Allocations and writes of `qiao match` fail, one a run: status 1, one sentence, no crash, no file. Every write, and
# every 13th allocation (of --json and --explain every 29th, for most of them are those of the workbook):
# FAULT_STRIDE=1 tries them all, which takes half an hour. Prints TAP.
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

try() { # VARIABLE POINT ARGUMENT...: status of the command when that point fails
    variable=$1 point=$2
    shift 2
    env "$variable=$point" "$qiao" match "$base/needs.xlsx" "$base/results.xlsx" --threads 1 --quiet "$@" \
        >"$work/stdout" 2>"$work/stderr"
}
clean() { # what a failure must be
    [ "$1" = 1 ] && [ "$(wc -l <"$work/stderr")" = 1 ] && grep -q '^qiao: ' "$work/stderr" &&
        ! grep -q '[a-z]\.[a-z_]*$' "$work/stderr" && [ -z "$(ls -A "$work/out")" ]
}
points() { # VARIABLE ARGUMENT...: how many there are
    variable=$1
    shift
    low=0 high=1
    while ! try "$variable" $high "$@"; do low=$high high=$((high * 2)); rm -rf "$work"/out/*; done
    rm -rf "$work"/out/*
    while [ $((high - low)) -gt 1 ]; do
        middle=$(((low + high) / 2))
        if try "$variable" $middle "$@"; then high=$middle; else low=$middle; fi
        rm -rf "$work"/out/*
    done
    echo $low
}
all() { # NAME LEAST-STRIDE VARIABLE ARGUMENT...
    name=$1 least=$2 variable=$3
    shift 3
    work=$base/${name#* }$variable
    mkdir -p "$work/out"
    case $1 in -o) shift 2 && set -- -o "$work/out/matches.xlsx" "$@" ;; esac
    total=$(points "$variable" "$@")
    stride=${FAULT_STRIDE:-$least}
    bad=
    point=1
    while [ "$point" -le "$total" ]; do
        try "$variable" "$point" "$@"
        status=$?
        if ! clean "$status"; then
            bad="$bad $point"
            { echo "$variable=$point: status $status"; cat "$work/stderr"; ls -A "$work/out"; } >&2
        fi
        rm -rf "$work"/out/*
        point=$((point + stride))
    done
    if [ -z "$bad" ] && [ "$total" -gt 0 ]; then
        echo "ok - $name: $total points, every $stride"
    else
        echo "not ok - $name: of $total points, these:$bad"
    fi
}
# the workbook's allocations on one processor, everything else on the other
all "allocations, workbook" 13 QIAO_FAULT_ALLOC -o - --experts >"$base/workbook.tap" &
all "allocations, json" 29 QIAO_FAULT_ALLOC --json
all "allocations, explain" 29 QIAO_FAULT_ALLOC --explain Q1 P1
all "writes, workbook" 1 QIAO_FAULT_WRITE -o - --experts
wait
cat "$base/workbook.tap"
