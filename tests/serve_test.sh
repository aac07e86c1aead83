#!/bin/sh
# qiao serve as a program: it says where it is, answers, and ends in order; prints TAP.
cd "$(dirname "$0")/.." || exit 1
make -s -j2 all 1>&2 || { echo "not ok 1 - build"; exit 1; }
qiao=build/gcc/qiao
tmp=$(mktemp -d) || exit 1
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
n=0
is() { # NAME STATUS
    n=$((n + 1))
    [ "$2" = 0 ] && echo "ok $n - $1" || echo "not ok $n - $1"
}

$qiao init "$tmp/site" >/dev/null
is "a site is made" $?
$qiao serve "$tmp/site" --port 0 >"$tmp/out" 2>"$tmp/err" &
pid=$!
url=
for _ in $(seq 600); do
    url=$(grep -o 'http://[0-9.:]*/' "$tmp/out") && break
    kill -0 $pid 2>/dev/null || break
    sleep 0.1
done
[ -n "$url" ]
is "it says where it is" $?
[ "$(curl -s "${url}healthz" | cut -c1-2)" = ok ]
is "it answers" $?
timeout 120 $qiao serve "$tmp/site" --port "$(echo "$url" | grep -o '[0-9]*/$' | tr -d /)" >/dev/null 2>"$tmp/taken"
[ $? = 1 ] && grep -q "127.0.0.1" "$tmp/taken"
is "a port that is taken is an error with a sentence" $?
kill -TERM $pid
wait $pid
is "SIGTERM ends it with status 0" $?
pid=
$qiao serve "$tmp/none" >/dev/null 2>"$tmp/none.err"
[ $? = 2 ] && [ -s "$tmp/none.err" ]
is "without a site it is refused" $?
$qiao test-routes | awk -F'\t' 'NF != 6 || $3 == "" || $5 == "" || $6 == "" { bad = 1 } END { exit bad || NR < 30 }'
is "every route has a right and is described" $?
echo "1..$n"
