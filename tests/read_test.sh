#!/bin/sh
# qiao read on a folder, over the web (a site on 127.0.0.1), interrupted, on thousands of pages. Prints TAP.
cd "$(dirname "$0")/.." || exit 1
v=${VARIANT:-gcc}
make -s -j2 VARIANT="$v" all "build/$v/golden/httpd" "build/$v/golden/mkxlsx" >&2 || { echo "not ok - the program does not build"; exit 1; }
qiao=$PWD/build/$v/qiao
httpd=$PWD/build/$v/golden/httpd
mkxlsx=$PWD/build/$v/golden/mkxlsx
mkdir -p build/check
work=$(mktemp -d "$PWD/build/check/read.XXXXXX") || exit 1
site=
trap '[ -z "$site" ] || kill "$site" 2>/dev/null; rm -rf "$work"' EXIT
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
cd "$work" || exit 1

# Pages that differ in every sentence, so that none repeats another.
pages() { # FOLDER COUNT
    mkdir -p "$1"
    awk -v dir="$1" -v count="$2" 'BEGIN {
        split("钢铁 光伏 水稻 轴承 电池 陶瓷 茶叶 芯片 疫苗 船舶 纺织 煤炭 玻璃 机床 果蔬 风电", field, " ")
        split("新材料 智能检测 节能改造 数字孪生 病害防治 精密加工 废水处理 质量追溯 储运保鲜 安全预警", topic, " ")
        split("王建国 李明远 张志强 刘海燕 陈思远 杨立新 赵文博 周晓东", person, " ")
        for (i = 1; i <= count; i++) {
            f = sprintf("%s/%05d.html", dir, i)
            a = field[i % 16 + 1]; b = topic[int(i / 16) % 10 + 1]; p = person[int(i / 7) % 8 + 1]
            print "<html><head><meta charset=\"utf-8\"><title>临江大学与第" i "号" a "企业签约</title></head><body><div class=nav><a href=/>首页</a></div><div class=content><h1>临江大学与江城第" i "号" a "有限公司签署战略合作协议</h1>" >f
            for (k = 1; k <= 12; k++) {
                s = (i * 131 + k * 7919) % 99991
                print "<p>2024年" (i % 12 + 1) "月" (k + 1) "日，临江大学与江城第" i "号" a "有限公司就" topic[(s % 10) + 1] "开展" field[(s % 16) + 1] "第" s "批项目合作，校长" p "介绍了编号" s * 3 "的" b "成果，双方签署协议，共建" field[(s % 13) + 1] topic[(s % 7) + 1] "联合实验室，投入" s % 900 + 100 "万元。</p>" >f
            }
            print "</div></body></html>" >f
            close(f)
        }
    }'
}
pages many 60
mkdir -p few/below few/saved_files
cp many/00001.html few/a.html
sed 's/首页/网站首页/' many/00001.html >few/below/mirror.html
cp many/00002.html few/b.html
echo 'https://news.example.edu.cn/2024/0315/c12.html' >few/b.html.url
head -c 3000 /dev/zero | tr '\0' '\1' >few/picture.bin
: >few/empty.txt
printf 'x{color:red}' >few/saved_files/x.css
printf '各有关单位：现将有关事项通知如下，请各单位于月底前报送申报材料。附件见后。联系人：办公室。联系电话见网站。特此通知。\n请各单位按时报送。\n' >few/notice.txt

# ---- a folder ----
"$qiao" read few --json >one.jsonl
ok "a folder: status 0 although pages fail"
[ "$(wc -l <one.jsonl)" = 6 ] && ! grep -q 'x\.css\|html\.url"' one.jsonl
ok "every page of the folder and those below, not what belongs to a saved page"
grep -q '"source":"few/below/mirror.html".*' one.jsonl && grep '"source":"few/below/mirror.html"' one.jsonl | grep -q '"page":[0-9]*,"duplicate_of":1,'
ok "a mirror is marked as a duplicate of the first"
grep '"source":"few/b.html"' one.jsonl | grep -q '"address":"https://news.example.edu.cn/2024/0315/c12.html"' &&
    grep '"source":"few/b.html"' one.jsonl | grep -q '"publish_date":"2024-03-15"'
ok "the address beside a saved page gives its day"
mkdir served
cp few/a.html served && echo gbk >served/a.html.charset && cp few/a.html served/b.html
"$qiao" read served --json >served.jsonl && [ "$(wc -l <served.jsonl)" = 2 ] &&
    [ "$(grep -c 'served/a.html.*"code":"charset","at":{[^}]*},"original":"gbk"' served.jsonl)" = 1 ] && ! grep -q 'b.html.*"code":"charset"' served.jsonl
ok "the charset beside a saved page is taken as its HTTP header's"
mkdir packed
"$mkxlsx" zip packed/页面.zip few/a.html few/b.html few/b.html.url served/a.html served/a.html.charset few/saved_files/x.css few/picture.bin
without_source() { sed 's/"source":"[^"]*"//; s/"page":[0-9]*,"duplicate_of":[0-9a-z]*//' "$1" | sort; }
"$qiao" read packed/页面.zip --json >packed.jsonl && "$qiao" read few/a.html few/b.html served/a.html few/picture.bin --json >loose.jsonl &&
    [ "$(wc -l <packed.jsonl)" = 4 ] && grep -q '"source":"packed/页面.zip/few/b.html"' packed.jsonl && [ "$(without_source packed.jsonl)" = "$(without_source loose.jsonl)" ]
ok "the pages of a zip are read as those of a folder, with the address and charset beside them"
for t in 1 7; do "$qiao" read packed packed/页面.zip --json --threads $t >packed.$t; done
cmp -s packed.1 packed.7 && [ "$(wc -l <packed.1)" = 8 ]
ok "a zip in a folder too; the same bytes on any number of threads"
cp packed/页面.zip renamed.bin && "$mkxlsx" zip none.zip few/saved_files/x.css && "$mkxlsx" far book.xlsx && head -c 700 packed/页面.zip >cut.zip
"$qiao" read renamed.bin none.zip book.xlsx cut.zip few/a.html --json >odd.jsonl && [ "$(wc -l <odd.jsonl)" = 8 ] &&
    grep '"source":"none.zip"' odd.jsonl | grep -q 'read.packed_empty' && grep '"source":"book.xlsx"' odd.jsonl | grep -q 'read.packed_document' &&
    grep '"source":"cut.zip"' odd.jsonl | grep -q 'sheet.damaged'
ok "a zip is known by its bytes; one without a page, a workbook and a damaged one are told and stop nothing"
cp few/a.html page.html && "$mkxlsx" zip one.zip page.html && "$qiao" read one.zip cut.zip -o zip.jsonl --quiet && [ -e zip.jsonl.journal ] &&
    cp few/b.html page.html && "$mkxlsx" zip one.zip page.html && "$qiao" read one.zip cut.zip -o zip.jsonl --quiet &&
    grep -q '"sha256":"'"$(sha256sum few/b.html | cut -c 1-64)" zip.jsonl
ok "a zip that was changed is read again"
[ "$(grep -c '"status":"failed","reason":"news\.' one.jsonl)" = 2 ] && [ "$(grep -c '"status":"refused","reason":"' one.jsonl)" = 1 ]
ok "what is no text and what is no news says why"
grep -q '"sha256":"'"$(sha256sum few/b.html | cut -c 1-64)" one.jsonl
ok "the hash is that of the page"
for t in 1 2 7; do "$qiao" read many few --json --threads $t >threads.$t; done
cmp -s threads.1 threads.2 && cmp -s threads.1 threads.7 && [ "$(wc -l <threads.1)" = 66 ]
ok "the same bytes on 1, 2 and 7 threads, in the order of the input"
"$qiao" read few/a.html --json >path.jsonl && "$qiao" read - --json <few/a.html >stdin.jsonl &&
    [ "$(sed 's/"source":"[^"]*"//' path.jsonl)" = "$(sed 's/"source":"[^"]*"//' stdin.jsonl)" ]
ok "standard input"
"$qiao" read few -o few.jsonl --quiet && cmp -s few.jsonl one.jsonl && [ ! -e few.jsonl.journal ]
ok "-o .jsonl is what --json prints; no journal stays"
"$qiao" read few -o few.xlsx >said && "$qiao" test-sheet few.xlsx >sheets && [ "$(cut -f 1 sheets | sort -u | wc -l)" = 4 ] &&
    grep -q '已写出 few.xlsx' said && grep -q 'few/picture.bin：' said
ok "-o .xlsx has four sheets; the summary lists what was not read"
grep '^事实' sheets | grep -q '临江大学.*万元'
ok "facts stand in the workbook with their quotes"
"$qiao" read few/a.html --lang en | grep -q 'parties: .*university'
ok "the terminal in English"

# ---- known organisations ----
printf '单位名称\t简称\t统一社会信用代码\t类型\n临江大学\t临大；临江大\tX1\t高校\n江城第1号光伏集团有限公司\t\tX2\t企业\n江城第2号水稻股份有限公司\t\tX3\t企业\n' >known.tsv
"$qiao" read few/a.html few/b.html --known known.tsv --json >known.jsonl
grep -q '"name":"临江大学".*"known":{"by":"name","records":\[{"row":2,"id":"X1"' known.jsonl
ok "a party on record by its name"
grep -q '"name":"江城第1号光伏有限公司","aliases":[^}]*"known":{"by":"doubt","records":\[{"row":3' known.jsonl
ok "a weak likeness is offered, not merged"
"$qiao" read few/a.html --known known.tsv --kind 动物园 >said 2>&1
[ $? = 2 ] && grep -q '没有单位类型' said
ok "--kind must be one"

# ---- what cannot be done ----
for args in "" "nosuch.html" "few -o few.txt" "few/a.html -o few/a.html" "few --kind 高校" "--urls few/empty.txt"; do
    "$qiao" read $args >said 2>&1
    [ $? = 2 ] && [ -s said ]
    ok "refused: read $args"
done
[ -e few/a.html ] && [ ! -e few.txt ]
ok "and nothing was overwritten"

# ---- the web ----
mkdir htdocs
cp many/0000[1-3].html htdocs
"$httpd" "$work/htdocs" >port 2>log &
site=$!
tries=0
while [ ! -s port ] && [ $((tries += 1)) -lt 6000 ]; do sleep 0.01; done
at=http://127.0.0.1:$(cat port)
web() { # URL...: reads them, allowed to ask the site, without pauses
    printf '%s\n' "$@" >urls
    "$qiao" read --urls urls --json --allow-private 127.0.0.1 --delay 0 --timeout 2 >web.jsonl 2>said
}
says() { # REASON
    grep -q '"status":"failed","reason":"'"$1"'"' web.jsonl
}
printf '# a list\n\n%s\n' "$at/page/00001.html" >urls
"$qiao" read --urls urls --json >web.jsonl && says read.private && [ ! -s log ]
ok "a private address is not asked"
printf 'http://localhost:%s/page/00001.html\nhttp://[::ffff:127.0.0.1]:%s/x\nhttp://0x7f000001:%s/\n' "$(cat port)" "$(cat port)" "$(cat port)" >urls
"$qiao" read --urls urls --json --delay 0 >web.jsonl && [ "$(grep -c '"reason":"read.private"' web.jsonl)" = 3 ] && [ ! -s log ]
ok "nor by a name or another spelling"
http_proxy=$at "$qiao" read --urls urls --json --delay 0 >web.jsonl && [ ! -s log ]
ok "nor through a proxy"
web "$at/page/00001.html" "$at/page/00002.html" && [ "$(grep -c '"status":"read"' web.jsonl)" = 2 ] && grep -q '/page/00001.html User-Agent: qiao/' log
ok "pages are read, under our own name"
"$qiao" read "$at/page/00001.html" few/b.html --json --allow-private 127.0.0.1 --delay 0 >web.jsonl && [ "$(grep -c '"status":"read"' web.jsonl)" = 2 ]
ok "an address as a word of the command line, beside a file"
sed 's/<meta charset="utf-8">//' many/00004.html | iconv -f UTF-8 -t GBK >htdocs/bare.html
sed 's/utf-8/gb2312/' many/00005.html | iconv -f UTF-8 -t GBK >htdocs/meta.html
web "$at/page/bare.html" "$at/as/gbk/bare.html" "$at/page/meta.html" "$at/as/GB2312/meta.html" && [ "$(grep -c '"status":"read".*临江大学' web.jsonl)" = 4 ] &&
    ! grep -q '"code":"charset"' web.jsonl
ok "GBK, named by the header, the page, both or nobody"
web "$at/as/utf-8/bare.html" "$at/as/big5/meta.html" && [ "$(grep -c '"status":"read".*临江大学' web.jsonl)" = 2 ] &&
    [ "$(grep -c '"code":"charset","at":{[^}]*},"original":"\(utf-8\|big5\)"' web.jsonl)" = 2 ]
ok "a header that names another charset is seen through and said"
web "$at/redirect?$at/page/00003.html" && grep -q '"status":"read"' web.jsonl && grep -q '"address":"'"$at/page/00003.html"'"' web.jsonl
ok "a redirect is followed, the address is the last one"
web "$at/redirect?http://127.0.0.2:$(cat port)/page/00003.html" && says read.private
ok "a redirect to a private address is not"
web "$at/redirect?file:///etc/passwd" && says read.scheme
ok "nor one to a file"
web "$at/loop" && says read.redirects
ok "a loop of redirects ends"
web "$at/big" && says read.too_big
ok "a page that is too big"
web "$at/packed" && says read.too_big
ok "a small page that unpacks to a big one"
web "$at/slow" && says read.timeout
ok "a page that never ends"
web "$at/picture" && says read.type
ok "a picture"
web "$at/none" && says read.status && grep -q '"detail":"404"' web.jsonl
ok "a page that is not there"
web "ftp://127.0.0.1/x" "file:///etc/passwd" "nonsense" "http://" && [ "$(grep -c '"status":"failed","reason":"read\.\(scheme\|bad_url\)"' web.jsonl)" = 4 ]
ok "what is no address of the web"
web "$at/slow" "$at/none" "$at/page/00001.html" "$at/big" && [ "$(grep -c '"status":"read"' web.jsonl)" = 1 ] && grep '"page":3' web.jsonl | grep -q '"status":"read"'
ok "bad pages do not stop the others"
printf '%s\n' "$at/page/00001.html" "$at/page/late.html" "$at/page/00002.html" >urls
"$qiao" read --urls urls -o web.xlsx --allow-private 127.0.0.1 --delay 0 >said && grep -q '没有取到' said && [ -s web.xlsx.journal ]
ok "the journal stays for what was not fetched"
: >log
cp many/00004.html htdocs/late.html
"$qiao" read --urls urls -o web.xlsx --allow-private 127.0.0.1 --delay 0 >said && [ "$(wc -l <log)" = 1 ] && [ ! -e web.xlsx.journal ]
ok "the same command fetches only that"
kill "$site"
wait "$site" 2>/dev/null
site=

# ---- interrupted ----
pages lots 2000
"$qiao" read lots -o whole.jsonl --quiet
perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$qiao" read lots -o cut.jsonl >said 2>&1 &
child=$!
tries=0
while [ "$(stat -c %s cut.jsonl.journal 2>/dev/null || echo 0)" -lt 100000 ] && [ $((tries += 1)) -lt 10000 ]; do sleep 0.005; done
kill -s INT "$child" 2>/dev/null
wait "$child"
status=$?
if [ "$status" = 0 ]; then
    skip "an interrupted run" "it was done before the signal came"
else
    [ "$status" = 130 ] && [ ! -e cut.jsonl ] && [ -s cut.jsonl.journal ] && grep -q '接着读' said &&
        [ -z "$(ls -A | grep '^\.cut\|cut.jsonl\..*tmp')" ]
    ok "SIGINT: status 130, a sentence, a journal and no output"
    truncate -s -7 cut.jsonl.journal # as after a power failure
    "$qiao" read lots -o cut.jsonl --quiet && cmp -s cut.jsonl whole.jsonl && [ ! -e cut.jsonl.journal ]
    ok "the same command goes on and writes what one run writes"
fi

# ---- memory ----
peak() { # FOLDER: KiB at most
    command -v perl >/dev/null || return
    "$qiao" read "$1" -o "peak.xlsx" --quiet &
    child=$!
    most=0
    while kill -0 "$child" 2>/dev/null; do
        now=$(awk '/^VmHWM/ { print $2 }' "/proc/$child/status" 2>/dev/null)
        [ "${now:-0}" -le "$most" ] || most=$now
        sleep 0.02
    done
    wait "$child"
    echo "$most"
}
mkdir some
for i in 0 1 2 3; do ln lots/00"$i"[0-9][0-9].html some/ 2>/dev/null; done
ln lots/000*.html lots/001*.html lots/002*.html lots/003*.html some/ 2>/dev/null
small=$(peak some) large=$(peak lots)
echo "# $(ls some | wc -l) pages: $small KiB, 2000 pages: $large KiB" >&2
[ "$small" -gt 0 ] && [ $((large - small)) -lt 8192 ]
ok "memory does not grow with the pages (less than 8 MiB more for 1600 more)"
echo "1..$n"
