#!/bin/sh
# The commands about a site: init, user, backup, restore, verify, migrate, rebuild. Prints TAP.
cd "$(dirname "$0")/.." || exit 1
make -s -j2 all >&2 || { echo "not ok - the program does not build"; exit 1; }
qiao=$PWD/build/gcc/qiao
mkdir -p build/check
work=$(mktemp -d "$PWD/build/check/site.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset QIAO_DB
LC_ALL=C.UTF-8
export LC_ALL
cd "$work" || exit 1
n=0
ok() { # NAME: did the command before succeed?
    status=$?
    n=$((n + 1))
    if [ "$status" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}
refused() { # SENTENCE STATUS COMMAND...: it ends so and says that
    sentence=$1
    wanted=$2
    shift 2
    "$@" >said 2>&1
    [ $? = "$wanted" ] && grep -q -e "$sentence" said && [ "$(wc -l <said)" = 1 ]
}
password="一匹安静的白马和 7 只羊"
add() { echo "$password" | "$qiao" user site add "$@" --lang en; }

"$qiao" init site --lang en | grep -q 'The site is made'
ok "init"
[ "$(stat -c %a site)" = 700 ]
ok "nobody else reads the directory"
cp site/qiao.db before
refused 已经有一个站点 2 "$qiao" init site && cmp -s before site/qiao.db
ok "init leaves a site as it is"
refused '' 2 "$qiao" verify nowhere && [ ! -e nowhere ]
ok "no site, nothing made"

add Boss --role admin --name 管理员 >/dev/null && add li --role broker >/dev/null
ok "user add"
"$qiao" user site list --tsv >said && grep -q "^boss	admin		active	管理员$" said && [ "$(wc -l <said)" = 2 ]
ok "user list"
refused 'is taken' 2 add LI
ok "a login is one person's"
refused '太弱' 2 sh -c "echo 1234567890 | $qiao user site add wang"
ok "a weak password"
refused 'no role' 2 add wang --role king
ok "an unknown role"
refused 'no organisation' 2 add wang --role editor --org 99
ok "an unknown organisation"
refused '没有给出密码' 2 sh -c "$qiao user site add wang </dev/null"
ok "no password"
"$qiao" user site disable li >/dev/null && "$qiao" user site list --tsv | grep -q '^li	broker		closed'
ok "user disable"
"$qiao" user site enable li >/dev/null && "$qiao" user site list --tsv | grep -q '^li	broker		active'
ok "user enable"
echo "another good one 9" | "$qiao" user site passwd li >/dev/null
ok "user passwd"
refused '没有账号' 2 "$qiao" user site disable nobody
ok "an unknown login"
refused '没有动作' 2 "$qiao" user site explode li
ok "an unknown action"
! grep -q -a "$password" site/qiao.db && ! grep -q -a 'another good one' site/qiao.db
ok "no password is kept"
if command -v script >/dev/null; then
    asked() { # PROMPT: it is asked for, or a minute has gone by
        tries=0
        until grep -q "$1" said || [ $((tries += 1)) -gt 600 ]; do sleep 0.1; done
    }
    : >said
    { asked 'Password: '; echo "$password"; asked 'Again: '; echo "$password"; asked 'typed'; } |
        script -q -f -e -c "$qiao user site add typed --lang en && echo it is typed" /dev/null >said 2>&1
    "$qiao" user site list --tsv | grep -q '^typed	member'
    ok "a password typed twice on a terminal"
    ! grep -q "$password" said
    ok "it does not appear there"
fi

"$qiao" report site --tsv >said && grep -q '^transfer_report	科技成果转化年度报告表$' said && [ "$(wc -l <said)" -ge 12 ]
ok "report: which there are"
"$qiao" report site tiers --year 2025 --lang en >said && grep -q '^Movements between tiers  2025-01-01 – 2025-12-31$' said &&
    grep -q '^High-tech enterprise  *0  *0  *0  *0$' said
ok "report: printed"
"$qiao" report site tiers --tsv --from 2025-03-01 --until 2025-03-31 >said && grep -q '^高新技术企业	0	0	0	0$' said
ok "report --tsv"
for ending in xlsx docx pdf; do
    "$qiao" report site summary -o table.$ending --quiet && [ -s table.$ending ]
    ok "report -o table.$ending"
done
refused 'transfer_report' 2 "$qiao" report site nothing
ok "report: an unknown table, and those there are"
refused '2026-01-01' 2 "$qiao" report site tiers --until yesterday
ok "report: a day that is none"
refused '没有编号或全称' 2 "$qiao" report site tiers --org 无此单位
ok "report: an unknown organisation"
refused '\.xlsx' 2 "$qiao" report site tiers -o table.txt
ok "report: an ending that is none"
refused '早于' 2 "$qiao" report site tiers --from 2026-02-01 --until 2026-01-01
ok "report: a period that ends before it begins"

"$qiao" backup site copy --lang en | grep -q 'Saved to copy'
ok "backup"
"$qiao" restore copy again --lang en | grep -q 'restored' &&
    [ "$("$qiao" user site list --tsv)" = "$("$qiao" user again list --tsv)" ]
ok "restore"
refused 已经有一个站点 2 "$qiao" restore copy again
ok "restore leaves a site as it is"
[ "$(stat -c %a site/secret.key again/secret.key | tr '\n' ' ')" = "600 600 " ] && [ ! -e copy/secret.key ]
ok "the key is the owner's, and in no backup"
refused '不需要新的' 2 "$qiao" migrate again --new-key
ok "a key that fits is not replaced"
for command in verify migrate rebuild; do
    "$qiao" "$command" again >/dev/null && [ -z "$("$qiao" "$command" again --quiet)" ]
    ok "$command"
done
printf 'not a database' >again/qiao.db
rm -f again/qiao.db-wal again/qiao.db-shm
"$qiao" verify again >said 2>&1
[ $? = 1 ] && [ "$(wc -l <said)" = 1 ]
ok "a damaged file is an error of the system"
for command in report init user backup restore verify migrate rebuild; do
    "$qiao" "$command" --help --lang en >said && grep -q '^Usage: ' said && grep -q -e '--db URL' said
    ok "$command --help"
done
echo "1..$n"
