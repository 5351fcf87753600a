# Verbs only; Meson builds (meson.build), the scripts are in tools/.
# `make` builds, `make demo` shows it on a sample day, `make check` runs every test.
BUILD = build
PREFIX = /usr/local
DESTDIR =

.PHONY: all build console deps guide demo check sim lint format bench asan fuzz man install clean
all: build

deps:
	@sh tools/deps.sh

build: deps
	@sh tools/build.sh $(BUILD) -Doptimization=3 -Db_lto=true -Dtests=disabled

# The console's pages, for `duanka serve --console build/console`.
console: deps
	@sh tools/web.sh $(BUILD)/console

# The user guide with pictures of the console: make guide OUT=build/guide.
guide: build console
	@sh tools/guide.sh "$(or $(OUT),$(BUILD)/guide)" $(BUILD)

demo: build console
	@sh tools/demo.sh $(BUILD)

check: deps
	@sh tools/check.sh

# make sim SEED=7: one simulated life of the service; COUNT=10000: that many from SEED on.
sim: deps
	@sh tools/build.sh build-check
	@SEED="$(or $(SEED),1)" COUNT="$(or $(COUNT),1)" build-check/tests/test_sim_histories

lint: deps
	@sh tools/lint.sh

format:
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format-14 -i

bench: build
	@meson test -C $(BUILD) --benchmark --no-rebuild --verbose --num-processes 1

asan: deps
	@sh tools/asan.sh

fuzz: deps
	@sh tools/fuzz.sh

man: build
	@ls $(BUILD)/*.[1-8]

install: build
	@DESTDIR="$(DESTDIR)" meson install -C $(BUILD) --no-rebuild

clean:
	@rm -rf build build-*
