# Qiao. The two commands: `make run` and `make check`. `make help` lists the rest.
#
# A build lives in build/$(VARIANT): gcc (default), clang, asan, tsan, fault, fuzz, small.

VARIANT ?= gcc
BUILD   := build/$(VARIANT)
PREFIX  ?= /usr/local
DESTDIR ?=
VERSION := 0.1.0

MAN             := share/man/man1/qiao.1
BASH_COMPLETION := share/bash-completion/completions/qiao
ZSH_COMPLETION  := share/zsh/site-functions/_qiao
DOC             := share/doc/qiao
UNIT_FILE       := lib/systemd/system/qiao.service
GUIDES          := $(addprefix docs/,guide.md guide.zh-CN.md operate.md qiao.nginx)

CC_gcc    := gcc
CC_clang  := clang
CC_asan   := clang
CC_fault  := clang
CC_fuzz   := clang
CC_small  := clang
CC_tsan   := clang
CC        := $(CC_$(VARIANT))

OPT_gcc   := -O2 -g
OPT_clang := -O2 -g
# What begins with a second chunk of documents takes minutes here; gcc has chunks as they are.
OPT_asan  := -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DINDEX_CHUNK=1024u
# These two are asan, but for the few files that their switches change. fault: allocations, writes and steps
# of statements fail on purpose. small: blocks and segments so small that a small collection has many of them.
OPT_fault := $(OPT_asan) -DQIAO_FAULT
OPT_small := $(OPT_asan) -DBLOCK_BITS=8 -DCOMMON_DF=16 -DINDEX_DOCS_MAX=1024u
OPT_tsan  := -O1 -g1 -fsanitize=thread -fno-omit-frame-pointer
OWN_fault  = $(shell grep -l '"base/fault.h"' src/*/*.c)
OWN_small  = $(wildcard src/index/*.c)
OPT_fuzz  := -O1 -g1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

PKGS      := icu-uc icu-i18n libzip expat xlsxwriter jansson yaml-0.1 gumbo sqlite3 libpq libsodium \
             libmicrohttpd libcurl liboath cjose pangocairo
CFLAGS    ?=
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
ALL_CFLAGS = -std=c17 -Wall -Wextra -Werror -Isrc -I$(BUILD)/gen -DQIAO_VERSION='"$(VERSION)"' \
             $(OPT_$(VARIANT)) $(PKG_CFLAGS) $(CFLAGS)
LIBS       = $(PKG_LIBS) -lopencc -llinear -lm -lpthread
# two hundred test programs are linked: by lld, where it is
TEST_LIBS  = $(LIBS) $(LLD)
LLD       := $(if $(shell command -v ld.lld),-fuse-ld=lld)

SRC     := $(filter-out src/cli/main.c,$(wildcard src/*/*.c))
GEN     := model templates static
ifeq ($(VARIANT),fuzz) # what its targets reach
SRC     := $(filter-out src/cli/% src/web/%,$(SRC)) \
           $(addprefix src/web/,form.c html_walk.c shape.c template.c template_print.c view.c)
GEN     := model
endif
MODEL   := $(sort $(wildcard model/*.yaml model/*/*.yaml))
OBJ     := $(SRC:src/%.c=$(BUILD)/obj/%.o) $(GEN:%=$(BUILD)/obj/gen/%.o)
LIB     := $(BUILD)/libqiao.a
ifneq ($(OWN_$(VARIANT)),)
OBJ     := $(patsubst src/%.c,$(BUILD)/obj/%.o,$(OWN_$(VARIANT)))
LIB     := $(OBJ) build/asan/libqiao.a
endif
QIAO    := $(BUILD)/qiao
UNIT    := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*_test.c))
FAULT   := $(patsubst tests/fault/%.c,$(BUILD)/fault/%,$(wildcard tests/fault/*_fault.c))
HTTP    := $(patsubst tests/http/%.c,$(BUILD)/http/%,$(wildcard tests/http/*_test.c))
STORE   := $(patsubst tests/store/%.c,$(BUILD)/store/%,$(wildcard tests/store/*_test.c))
FUZZ    := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*.c))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

## all        build the program (build/gcc/qiao)
all: $(QIAO)

## run        install what is missing, build, match two sample spreadsheets, serve a sample site
##            (in build/site or $$QIAO_DATA)
run: deps
	@$(MAKE) --no-print-directory all
	@tools/run-samples $(QIAO)
	@tools/run-site $(QIAO)

## match      only match the two sample spreadsheets
match: deps
	@$(MAKE) --no-print-directory all
	@tools/run-samples $(QIAO)

## check      install what is missing, run every test
check: deps
	@tests/run

## deps       install the Debian packages that are missing
deps:
	@tools/deps

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(KERNEL_CFLAGS) -MMD -MP -c $< -o $@

# One instruction set a file; chosen at run time (src/index/kernel.h).
$(BUILD)/obj/index/kernel_avx2.o: KERNEL_CFLAGS := -mavx2
$(BUILD)/obj/index/kernel_avx512.o: KERNEL_CFLAGS := -mavx512f -mavx512bw -mavx512vl -mavx512vbmi2

# What the concept table teaches is learnt once, here; every variant carries the same bytes.
KNOWLEDGE     := build/gen/knowledge.bin
KNOWLEDGE_SRC := tools/mkknowledge.c $(wildcard src/base/*.c) src/record/yaml.c \
                 $(addprefix src/text/,english.c norm.c spelling.c terms.c) \
                 $(addprefix src/match/,space.c concepts.c knowledge.c)

build/gen/mkknowledge: $(KNOWLEDGE_SRC) $(wildcard src/base/*.h src/text/*.h src/match/*.h)
	@mkdir -p $(@D)
	gcc -std=c17 -O3 -Isrc $(KNOWLEDGE_SRC) $(shell pkg-config --cflags --libs icu-uc yaml-0.1) \
	    -lm -lpthread -o $@

# the folder itself stands for files that were taken away
$(KNOWLEDGE): build/gen/mkknowledge model/concepts $(wildcard model/concepts/*.yaml)
	$< $(sort $(wildcard model/concepts/*.yaml)) > $@

$(BUILD)/obj/service/knowledge_bytes.o: KERNEL_CFLAGS := -DKNOWLEDGE_BIN='"$(KNOWLEDGE)"'
$(BUILD)/obj/service/knowledge_bytes.o: $(KNOWLEDGE)

# The loops of learning and likeness are written to be vectorised.
$(BUILD)/obj/match/space.o $(BUILD)/obj/match/view.o $(BUILD)/obj/match/view_loops.o: KERNEL_CFLAGS := -O3

# Loops over every character of a page; clang's -O2 has what gcc's -O3 adds.
ifeq ($(VARIANT),gcc)
$(BUILD)/obj/news/%.o: KERNEL_CFLAGS := -O3
endif

$(BUILD)/gen/embed: tools/embed.c
	@mkdir -p $(@D)
	$(CC_gcc) -std=c17 -O1 $< -o $@

$(BUILD)/gen/model.c: $(BUILD)/gen/embed $(MODEL)
	$< model_files $(MODEL) > $@

$(BUILD)/obj/gen/model.o: $(BUILD)/gen/model.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

# Templates, and what browsers are served: ours and, from npm (static/package-lock.json), theirs.
$(BUILD)/gen/templates.c: $(BUILD)/gen/embed templates $(wildcard templates/*.html)
	$< template_files $(sort $(wildcard templates/*.html)) > $@

$(BUILD)/obj/gen/templates.o: $(BUILD)/gen/templates.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

build/npm/.done: static/package.json static/package-lock.json
	@mkdir -p $(@D)
	cp $^ $(@D)
	cd $(@D) && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

# What the browser tests drive the browser with.
build/npm-browser/.done: tests/browser/package.json tests/browser/package-lock.json
	@mkdir -p $(@D)
	cp $^ $(@D)
	cd $(@D) && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

ASSETS := build/gen/static
$(ASSETS).done: build/npm/.done tools/assets templates $(wildcard static/* templates/*.html)
	@mkdir -p $(@D)
	tools/assets build/npm/node_modules $(ASSETS)
	@touch $@

$(BUILD)/gen/static.c: $(BUILD)/gen/embed $(ASSETS).done
	$< -i static_files `LC_ALL=C ls $(ASSETS)/*` > $@

$(BUILD)/obj/gen/static.o: $(BUILD)/gen/static.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

$(BUILD)/libqiao.a: $(OBJ)
	@rm -f $@
	ar rcs $@ $(OBJ)

ifneq ($(OWN_$(VARIANT)),)
build/asan/libqiao.a: FORCE
	@$(MAKE) --no-print-directory VARIANT=asan $@
FORCE:
endif

$(QIAO): $(BUILD)/obj/cli/main.o $(LIB)
	$(CC) $(ALL_CFLAGS) $^ $(LIBS) -o $@

## unit       build the unit tests of this VARIANT
unit: $(UNIT)

$(BUILD)/unit/%: tests/unit/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP $< $(LIB) $(TEST_LIBS) -lcmocka -o $@

## http       build the tests over HTTP of this VARIANT (tests/http/run)
http: $(HTTP)

$(BUILD)/http/%: tests/http/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP $< $(LIB) $(TEST_LIBS) -lcmocka -o $@

## store      build the store's tests of this VARIANT (tests/store/run)
store: $(STORE)

$(BUILD)/store/%: tests/store/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP $< $(LIB) $(TEST_LIBS) -lcmocka -o $@

$(BUILD)/golden/%: tests/golden/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $< $(LIBS) -o $@
## fault      build the fault tests (VARIANT=fault)
fault: $(FAULT)

$(BUILD)/fault/%: tests/fault/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP $< $(LIB) $(TEST_LIBS) -lcmocka -o $@

## fuzz       build the fuzz targets (VARIANT=fuzz)
fuzz: $(FUZZ)

$(BUILD)/fuzz/%: tests/fuzz/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -MMD -MP $< $(LIB) $(TEST_LIBS) -o $@

## install    put program, man page and completions under $(DESTDIR)$(PREFIX)
install: $(QIAO)
	install -D -m 755 $(QIAO) $(DESTDIR)$(PREFIX)/bin/qiao
	install -D -m 644 docs/qiao.1 $(DESTDIR)$(PREFIX)/$(MAN)
	install -D -m 644 docs/completion/qiao.bash $(DESTDIR)$(PREFIX)/$(BASH_COMPLETION)
	install -D -m 644 docs/completion/_qiao $(DESTDIR)$(PREFIX)/$(ZSH_COMPLETION)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/$(DOC) README.md README.zh-CN.md $(GUIDES)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/$(DOC)/img $(wildcard docs/img/*)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/$(DOC)/reference $(wildcard docs/reference/*.md)
	sed 's|@PREFIX@|$(PREFIX)|g' docs/qiao.service > $(BUILD)/qiao.service
	install -D -m 644 $(BUILD)/qiao.service $(DESTDIR)$(PREFIX)/$(UNIT_FILE)

## uninstall  remove what install put there
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/qiao $(DESTDIR)$(PREFIX)/$(MAN) \
	      $(DESTDIR)$(PREFIX)/$(BASH_COMPLETION) $(DESTDIR)$(PREFIX)/$(ZSH_COMPLETION) \
	      $(DESTDIR)$(PREFIX)/$(UNIT_FILE) \
	      $(addprefix $(DESTDIR)$(PREFIX)/$(DOC)/,README.md README.zh-CN.md $(notdir $(GUIDES)) \
	        $(patsubst docs/%,%,$(wildcard docs/img/* docs/reference/*.md)))
	for d in img reference .; do \
	  [ ! -d $(DESTDIR)$(PREFIX)/$(DOC)/$$d ] || rmdir $(DESTDIR)$(PREFIX)/$(DOC)/$${d#.}; \
	done

## bench      build what bench/speed runs: the generator, our engine, the peers
# One peer: make peer-NAME (lucene, tantivy, xapian, groonga, fts5).
BENCH      := $(BUILD)/bench
BENCH_C     = $(CC) -std=c17 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror
PEER_groonga = $(shell pkg-config --cflags --libs groonga)
PEER_fts5    = -lsqlite3
LUCENE_JARS := /usr/share/java/lucene-core-4.10.4.jar:/usr/share/java/lucene-analyzers-common-4.10.4.jar

bench: $(BENCH)/gen $(BENCH)/overlap $(BENCH)/engine $(BENCH)/growth

peer-%: $(BENCH)/%
	@:

$(BENCH)/gen: bench/gen.c bench/prose.c bench/prose.h bench/common.h
	@mkdir -p $(@D)
	$(BENCH_C) $(filter %.c,$^) -lm -o $@

$(BENCH)/overlap: bench/overlap.c bench/common.h
	@mkdir -p $(@D)
	$(BENCH_C) $< -lm -o $@

$(BENCH)/engine $(BENCH)/growth: $(BENCH)/%: bench/%.c bench/corpus.c bench/corpus.h $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(filter-out %.h,$^) $(LIBS) -o $@

$(BENCH)/endtoend $(BENCH)/template $(BENCH)/parts $(BENCH)/pairing $(BENCH)/store: $(BENCH)/%: bench/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $^ $(LIBS) -o $@

$(BENCH)/work: bench/work.c bench/work_fill.c bench/work_spec.c bench/work_hand.c bench/work_board.c $(LIB) bench/work.h bench/work_hand.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(filter-out %.h,$^) $(LIBS) -o $@

$(BENCH)/news_dump: bench/news_dump.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $^ $(LIBS) -o $@

$(BENCH)/peer.o: bench/peers/peer.c bench/peers/peer.h
	@mkdir -p $(@D)
	$(BENCH_C) -c $< -o $@

$(BENCH)/fts5 $(BENCH)/groonga: $(BENCH)/%: bench/peers/%.c $(BENCH)/peer.o
	$(BENCH_C) $^ $(PEER_$*) -o $@

$(BENCH)/xapian: bench/peers/xapian.cc $(BENCH)/peer.o
	g++ -std=c++17 -O2 -Wall -Wextra -Werror $^ $(shell pkg-config --cflags --libs xapian-core) -o $@

$(BENCH)/lucene: bench/peers/Lucene.java
	@mkdir -p $(BENCH)/java
	javac -cp $(LUCENE_JARS) -d $(BENCH)/java $<
	printf '#!/bin/sh\nexec java -Xmx4g -cp "%s:$$(dirname "$$0")/java" Lucene "$$@"\n' "$(LUCENE_JARS)" > $@
	chmod +x $@

$(BENCH)/tantivy: bench/peers/package-lock.json bench/peers/package.json bench/peers/tantivy.cjs
	@mkdir -p $(BENCH)/npm
	cp $^ $(BENCH)/npm
	cd $(BENCH)/npm && npm ci --silent --no-audit --no-fund --ignore-scripts
	printf '#!/bin/sh\nexec node "$$(dirname "$$0")/npm/tantivy.cjs" "$$@"\n' > $@
	chmod +x $@

## format     put the sources in the house style
format:
	clang-format -i $(wildcard src/*/*.[ch] tests/*/*.[ch] tools/*.c bench/*.[ch])

## clean      remove everything built
clean:
	rm -rf build

## help       this list
help:
	@sed -n 's/^## //p' Makefile | tr -s '$$'

-include $(OBJ:.o=.d) $(BUILD)/obj/cli/main.d $(UNIT:=.d) $(HTTP:=.d) $(STORE:=.d) $(FAULT:=.d) $(FUZZ:=.d)

.PHONY: all run match check deps unit http store fault fuzz bench install uninstall format clean help
