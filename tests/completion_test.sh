#!/bin/bash
# What bash completion offers. Prints TAP.
cd "$(dirname "$0")/.." || exit 1
. docs/completion/qiao.bash
mkdir -p build/check
work=$(mktemp -d build/check/completion.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
work=$PWD/$work
touch "$work/needs.xlsx" "$work/results list.csv" "$work/photo.png"
mkdir "$work/store"
cd "$work" || exit 1
n=0

compopt() { :; } # only callable while completing
offers() { # NAME EXPECTED WORD...
    n=$((n + 1))
    local name=$1 expected=$2
    shift 2
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _qiao
    local found
    found=$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | tr '\n' ',')
    if [ "$found" = "$expected" ]; then
        echo "ok $n - $name"
    else
        echo "not ok $n - $name"
        printf 'expected %s\nfound    %s\n' "$expected" "$found" >&2
    fi
}

offers "commands" "match,migrate," qiao m
offers "an option" "--threads," qiao match --th
offers "three maps" "--map,--map-needs,--map-results," qiao match --map
offers "values of --lang" "en,zh," qiao match --lang ''
offers "fields" "title=,trl=,type=," qiao match --map t
offers "spreadsheets and folders, no pictures" "needs.xlsx,results list.csv,store," qiao match ''
offers "actions of index" "delete," qiao index store d
offers "files to add" "needs.xlsx,results list.csv,store," qiao index store add ''
offers "nothing after list" "," qiao index store list ''
offers "read" "--allow-private," qiao read --al
offers "pages and folders" "needs.xlsx,photo.png,results list.csv,store,store," qiao read ''
offers "kinds" "park," qiao read --kind pa
offers "tables" "tiers,transfer_report," qiao report store t
offers "learn" "--reset," qiao learn --re
offers "help" "search,serve," qiao help se
echo "1..$n"
