#!/bin/sh
# What golden files cannot show: Ctrl-C, a full disk, no permission, the bar on a terminal. Prints TAP.
cd "$(dirname "$0")/.." || exit 1
make -s -j2 all >&2 || { echo "not ok - the program does not build"; exit 1; }
qiao=$PWD/build/gcc/qiao
tiny=$PWD/tests/golden/tiny
mkdir -p build/check
work=$(mktemp -d "$PWD/build/check/cli.XXXXXX") || exit 1
full=$work/full
trap 'umount "$full" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
LC_ALL=C.UTF-8
export LC_ALL
n=0
ok() { # NAME: did the command before succeed?
    status=$?
    n=$((n + 1))
    if [ "$status" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}
skip() { # NAME WHY
    n=$((n + 1))
    echo "skip $n - $1: $2"
}

# Collections that take some seconds: every need and result in many copies, told apart by a number.
copies() { # FILE N
    awk -F'\t' -v OFS='\t' -v n="$2" 'NR == 1 { print; next } { row[++k] = $0 }
        END { for (i = 1; i <= n; i++) for (j = 1; j <= k; j++) { $0 = row[j]; $1 = $1 "-" i; $3 = $3 " 第" i * 7919 % 10007 "批"; print } }' "$1"
}
copies samples/needs.tsv 100 >"$work/needs.tsv"
copies samples/results.tsv 200 >"$work/results.tsv"

# A background job of sh ignores SIGINT for good, and under nohup SIGHUP; perl makes a child that does not.
begin() { # the child writes to $work/out
    mkdir "$work/out"
    perl -e '$SIG{INT} = $SIG{HUP} = "DEFAULT"; exec @ARGV' "$qiao" match "$work/needs.tsv" "$work/results.tsv" \
        -o "$work/out/matches.xlsx" --quiet >"$work/said" 2>&1 &
    child=$!
}
status_of() { # SIGNAL
    case "$1" in INT) echo 130 ;; TERM) echo 143 ;; HUP) echo 129 ;; esac
}
# As soon as the unfinished workbook is there.
for signal in INT TERM HUP; do
    begin
    tries=0
    while [ -z "$(ls -A "$work/out")" ] && [ $((tries += 1)) -lt 6000 ]; do sleep 0.01; done
    kill -s "$signal" "$child"
    wait "$child"
    status=$?
    [ "$status" = "$(status_of "$signal")" ] && [ -z "$(ls -A "$work/out")" ] && grep -q '已取消' "$work/said"
    ok "SIG$signal: status $(status_of "$signal"), a sentence, nothing left"
    rm -rf "$work/out"
done
# While it reads, indexes, matches, writes; whatever the machine is doing by then: nothing or all.
for delay in 0.3 0.6 1 1.5 2 2.5 3; do
    begin
    sleep "$delay"
    kill -s INT "$child" 2>/dev/null
    wait "$child"
    status=$?
    { [ "$status" = 130 ] && [ -z "$(ls -A "$work/out")" ]; } ||
        { [ "$status" = 0 ] && [ "$(ls -A "$work/out")" = matches.xlsx ] &&
            "$qiao" test-sheet "$work/out/matches.xlsx" >/dev/null; }
    ok "SIGINT after $delay s: nothing or all"
    rm -rf "$work/out"
done

# A disk that is full while the workbook is written.
mkdir "$full"
if mount -t tmpfs -o size=200k tmpfs "$full" 2>/dev/null; then
    "$qiao" match samples/needs.xlsx samples/results.xlsx -o "$full/small.xlsx" --quiet >&2
    ok "a small disk takes a small workbook"
    head -c 160000 /dev/zero >"$full/other" 2>/dev/null
    "$qiao" match samples/needs.xlsx samples/results.xlsx -o "$full/matches.xlsx" >"$work/said" 2>&1
    [ $? = 1 ] && grep -q '磁盘已满' "$work/said" && [ "$(ls -A "$full" | tr '\n' ' ')" = "other small.xlsx " ]
    ok "a full disk: status 1, a sentence, nothing left"
    cp "$full/small.xlsx" "$work/before.xlsx"
    "$qiao" match samples/needs.xlsx samples/results.xlsx -k 30 -o "$full/small.xlsx" >"$work/said" 2>&1
    [ $? = 1 ] && cmp -s "$full/small.xlsx" "$work/before.xlsx"
    ok "a full disk: the old workbook stays"
    umount "$full"
else
    skip "full disk" "tmpfs cannot be mounted here"
fi

# No permission. Root may read everything, so another user tries.
cp "$tiny/needs.tsv" "$work/secret.tsv"
chmod 000 "$work/secret.tsv"
cp "$qiao" "$work/qiao"
chmod 755 "$work" "$work/qiao"
as_other() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi
}
if as_other "$work/qiao" --version >/dev/null 2>&1; then
    as_other "$work/qiao" match "$work/secret.tsv" "$tiny/results.tsv" --lang en >"$work/said" 2>&1
    [ $? = 1 ] && grep -q 'cannot open: permission denied' "$work/said"
    ok "no permission to read: status 1 and a sentence"
    mkdir -m 555 "$work/locked"
    as_other "$work/qiao" match "$tiny/needs.tsv" "$tiny/results.tsv" -o "$work/locked/out.xlsx" >"$work/said" 2>&1
    [ $? = 1 ] && grep -q '没有权限' "$work/said" && [ -z "$(ls -A "$work/locked")" ]
    ok "no permission to write: status 1 and a sentence"
else
    skip "permissions" "another user cannot run the program here"
fi

# On a terminal there are a bar and colours; in a pipe, or with --quiet, neither.
on_terminal() { # COMMAND: what it shows on a terminal
    script -q -c "stty cols 100 && $1" /dev/null </dev/null
}
match="$qiao match $work/needs.tsv $work/results.tsv"
if command -v script >/dev/null; then
    on_terminal "$match -o $work/out.xlsx" >"$work/said"
    grep -q '█.*%' "$work/said" && grep -q '还需' "$work/said"
    ok "a bar with percent and time left"
    tail -n 2 "$work/said" | grep -q '已写出' && ! tail -n 1 "$work/said" | grep -q '█'
    ok "the bar is gone at the end"
    on_terminal "$match -o $work/out.xlsx --quiet" >"$work/said"
    [ ! -s "$work/said" ]
    ok "--quiet says nothing"
    on_terminal "$qiao match $tiny/needs.tsv $tiny/results.tsv" >"$work/said"
    grep -q "$(printf '\033')\[1m" "$work/said"
    ok "titles are bold on a terminal"
    on_terminal "NO_COLOR=1 $qiao match $tiny/needs.tsv $tiny/results.tsv" >"$work/said"
    ! grep -q "$(printf '\033')\[1m" "$work/said"
    ok "NO_COLOR is heeded"
else
    skip "terminal" "script(1) is not installed"
fi
"$qiao" match "$tiny/needs.tsv" "$tiny/results.tsv" 2>&1 | grep -q "$(printf '\033')"
[ $? = 1 ]
ok "no colours and no bar in a pipe"
echo "1..$n"
