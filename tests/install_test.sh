#!/bin/sh
# make install into a DESTDIR, then make uninstall: what is there, and that nothing is left. Prints TAP.
# Usage: tests/install_test.sh   (the program is built first when it is not there)
cd "$(dirname "$0")/.." || exit 1
mkdir -p build/check
dest=$(mktemp -d "$PWD/build/check/install.XXXXXX") || exit 1
trap 'rm -rf "$dest"' EXIT
n=0
is() { # NAME EXPECTED FOUND
    n=$((n + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        printf 'expected:\n%s\nfound:\n%s\n' "$2" "$3" >&2
    fi
}
printf 'README.md\nREADME.zh-CN.md\n' >build/check/readmes
files() { (cd "$dest" && find . ! -type d | sort); }

make -s -j2 all >&2 || { echo "not ok - the program does not build"; exit 1; }

make -s install DESTDIR="$dest" PREFIX=/opt/qiao >&2
is "files of make install" "./opt/qiao/bin/qiao
./opt/qiao/lib/systemd/system/qiao.service
./opt/qiao/share/bash-completion/completions/qiao
./opt/qiao/share/man/man1/qiao.1
./opt/qiao/share/zsh/site-functions/_qiao" "$(files | grep -v /share/doc/qiao/)"
is "guides, pictures and reference" "$(cd docs && ls guide.md guide.zh-CN.md operate.md qiao.nginx img/* reference/*.md |
    cat - ../build/check/readmes | LC_ALL=C sort)" "$(cd "$dest/opt/qiao/share/doc/qiao" && find . -type f | sed 's|^./||' | LC_ALL=C sort)"
is "the service runs the program where it is" "1" "$(grep -c '^ExecStart=/opt/qiao/bin/qiao serve ' "$dest/opt/qiao/lib/systemd/system/qiao.service")"
is "the program that was installed runs" "$(build/gcc/qiao --version)" \
    "$("$dest/opt/qiao/bin/qiao" --version)"
is "modes" "755 644" "$(stat -c %a "$dest/opt/qiao/bin/qiao" "$dest/opt/qiao/share/man/man1/qiao.1" | tr '\n' ' ' | sed 's/ $//')"

echo mine >"$dest/opt/qiao/bin/other"
make -s uninstall DESTDIR="$dest" PREFIX=/opt/qiao >&2
is "uninstall leaves what is not ours" "./opt/qiao/bin/other" "$(files)"
rm "$dest/opt/qiao/bin/other"

make -s install DESTDIR="$dest" >&2
is "the default prefix" "./usr/local/bin/qiao" "$(files | head -n 1)"
make -s uninstall DESTDIR="$dest" >&2
is "uninstall leaves no file" "" "$(files)"
is "uninstall leaves no folder of ours" "" "$(find "$dest" -type d -path '*/doc/qiao')"
echo "1..$n"
