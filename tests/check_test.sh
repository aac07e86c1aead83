#!/bin/sh
# Does every rule of tools/check find what it is for? A small tree that keeps all rules is broken in one
# way at a time; the rule must then fail and name the place. Prints TAP.
cd "$(dirname "$0")/.." || exit 1
mkdir -p build/check
tree=$(mktemp -d build/check/tree.XXXXXX) || exit 1
trap 'rm -rf "$tree"' EXIT
n=0

# a tree with two folders that keeps every rule
plant() {
    rm -rf "$tree"
    mkdir -p "$tree/src/base" "$tree/src/text" "$tree/tools" "$tree/model/messages" "$tree/docs/completion"
    echo ".It Fl -json" >"$tree/docs/qiao.1"
    for f in docs/completion/qiao.bash docs/completion/_qiao README.md README.zh-CN.md; do
        echo "--json" >"$tree/$f"
    done
    cp tools/check tools/strip.awk "$tree/tools/"
    cp .clang-format "$tree/"
    printf 'base : |\ntext : base | unicode/\n' >"$tree/src/LAYERS"
    echo "about base" >"$tree/docs/base.md"
    echo "about text" >"$tree/docs/text.md"
    printf '%s\n' '#include "base/base.h"' '' 'void *base_new(void)' '{' '    return malloc(1);' '}' >"$tree/src/base/base.c"
    printf '%s\n' '/* clang-format off */' 'enum rc base_do(int n,' '               struct err *e) MUST_CHECK;' >"$tree/src/base/base.h"
    printf '%s\n' '#include "base/base.h"' '' '#include <string.h>' '#include <unicode/uchar.h>' '' \
        '/* strcpy(a, b) in a comment, "strcpy(" in a string: both fine */' 'enum rc text_do(struct err *e)' '{' \
        '    return err_user(e, "text.bad", "strcpy(%s)", "x");' '}' >"$tree/src/text/text.c"
    printf '%s\n' 'text.bad: {zh: 不行, en: bad}' >"$tree/model/messages/text.yaml"
}

# expect RULE WHERE NAME: RULE fails and names WHERE, no other rule does; then a new tree
expect() {
    n=$((n + 1))
    rule=$1
    where=$2
    out=$("$tree/tools/check" 2>/dev/null)
    bad=$(printf '%s\n' "$out" | sed -n 's/^not ok [0-9]* - //p' | tr '\n' ' ')
    if [ "$bad" = "$rule " ] && printf '%s\n' "$out" | grep -q "^# $where"; then
        echo "ok $n - $rule: $3"
    else
        echo "not ok $n - $rule: $3"
        printf '%s\n' "$out" | sed 's/^/# /' >&2
    fi
    plant
}
add() { # FILE LINE...
    file=$tree/$1
    shift
    printf '%s\n' "$@" >>"$file"
}

plant
n=1
if out=$("$tree/tools/check" 2>&1); then echo "ok 1 - a clean tree passes"; else
    echo "not ok 1 - a clean tree passes"
    echo "$out" >&2
fi

add src/base/up.c '#include "text/text.h"'
expect layers src/base/up.c:1: "an include against the arrows"
add src/base/third.c '#include <unicode/uchar.h>'
expect layers src/base/third.c:1: "a third-party header in another folder"
add src/text/in.c '#include "base/base_int.h"'
expect layers src/text/in.c:1: "another folder's private header"
add src/text/bare.c '#include "text.h"'
expect layers src/text/bare.c:1: "an include without folder"
mkdir "$tree/src/new" && echo >"$tree/docs/new.md" && add docs/new.md new && add src/new/new.c 'int new_one;'
expect layers src/new/new.c:1: "a folder that LAYERS does not know"

awk 'BEGIN { for (i = 0; i < 801; i++) print "/* " i " */" }' >"$tree/src/text/long.c"
expect file_size src/text/long.c:801: "801 lines"
{
    printf '%s\n' 'void text_long(void)' '{'
    awk 'BEGIN { for (i = 0; i < 79; i++) print "    step(" i ");" }'
    echo '}'
} >"$tree/src/text/fun.c"
expect function_size src/text/fun.c:2: "a function of 81 lines"

add src/text/copy.c 'void text_copy(char *a)' '{' '    strcpy(a, "b");' '}'
expect banned src/text/copy.c:3: "strcpy"
add src/base/clock.c 'void *base_now(time_t *t)' '{' '    return localtime(t);' '}'
expect banned src/base/clock.c:3: "localtime"
add src/text/own.c 'void text_own(void *p)' '{' '    free(p);' '}'
expect banned src/text/own.c:3: "free outside base"

add src/text/key.c 'enum rc text_key(struct err *e)' '{' '    return err_sys(e, "text.unknown", "");' '}'
expect messages src/text/key.c:3: "a key without sentence"
add src/text/key2.c 'enum rc text_key2(struct err *e)' '{' '    return fail_on(e, "text.unknown");' '}'
expect messages src/text/key2.c:3: "a key without sentence, by fail_on"
add src/text/key3.c '/* clang-format off */' 'enum rc text_key3(struct err *e)' '{' '    return err_sys(e,' \
    '        "text.unknown", "");' '}'
expect messages src/text/key3.c:5: "a key without sentence, on the next line"
add src/text/key4.c 'const char *const text_word = "text.unknown";'
expect messages src/text/key4.c:1: "a key in a table without sentence"
add model/messages/text.yaml 'text.idle: {zh: 闲, en: idle}'
expect messages model/messages/text.yaml:2: "a sentence that nothing uses"
printf 'text.bad: {zh: 不行}\n' >"$tree/model/messages/text.yaml"
expect messages model/messages/text.yaml:1: "no English sentence"
printf 'text.bad:\n  en: bad\n' >"$tree/model/messages/text.yaml"
expect messages model/messages/text.yaml:1: "no Chinese sentence"

add src/base/base.h 'enum rc base_more(int n, int m,' '                  struct err *e);'
expect must_check src/base/base.h:4: "a function of two lines without MUST_CHECK"

mkdir "$tree/templates"
add templates/page.html '<p class="a">ok</p>' '<p style="color: red">no</p>'
expect templates templates/page.html:2: "a style attribute"
mkdir -p "$tree/templates"
add templates/page.html '<p>{{t text.gone}}</p>'
expect messages templates/page.html:1: "a template that shows a sentence that is not there"

add src/text/ugly.c 'int  text_ugly ;'
expect format src/text/ugly.c:1: "layout"
rm "$tree/docs/text.md"
expect docs src/text:1: "a folder without its page"
add docs/qiao.1 ".It Fl -lang"
expect options docs/completion/_qiao:1: "an option that completion does not offer"
add README.md "use --jsonl"
expect options README.md:2: "an option that does not exist"
mkdir "$tree/src/cli" && add src/LAYERS 'cli : base |' && add docs/cli.md cli
add src/cli/cli.c 'const char *const cli_options[] = {"tsv"};'
expect options src/cli:1: "an option that the program does not know"
add docs/text.md "see /ho""me/somebody/notes"
expect private docs/text.md:2: "a path of somebody's machine"
echo "1..$n"
