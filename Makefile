# A thin cover over CMake: set-up once, then configure, build and run.
#
#   make           set up, configure, build         make bench      nova against other libraries
#   make demo      restore a photograph             make lint       clang-format and clang-tidy
#   make test      build and run all tests          make generate   write src/transforms/generated
#   make test-gpu  the CUDA engine's tests, where a device is
#   make install   PREFIX=/usr/local, DESTDIR=      make docs       HTML reference, build/docs
#   make clean     remove the build folders
#
# Variables: JOBS (parallel jobs), CMAKE_FLAGS (for the first configuration), CTEST_FLAGS,
# DEMO_FLAGS; of bench: SHAPES (networks or files), TIME (seconds per layer), CLASSES, PEERS,
# PEERS_PYTHON (a Python that has the libraries), CLOCK (wall; cpu on a busy machine), BENCH_FLAGS:
# see tools/bench --help.

BUILD := build
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
CMAKE_FLAGS ?=
CTEST_FLAGS ?=
DEMO_FLAGS ?=
BENCH_FLAGS ?=
SHAPES ?= resnet50 vgg16 sd15 vae
TIME ?= 1
CLASSES ?= f32 f32x2 f16 bf16
PEERS ?= all
CLOCK ?= wall
PEERS_PYTHON ?= $(BUILD)/peers/bin/python3

.PHONY: all configure demo test test-gpu bench lint generate docs install clean
.DELETE_ON_ERROR:

all: configure
	@cmake --build $(BUILD) -j $(JOBS)

# Set-up leaves its stamp only when nothing is missing, and is asked again otherwise.
$(BUILD)/.setup: tools/setup tools/requirements.txt
	@tools/setup --stamp $@

# Once, and again when set-up has brought something new.
configure: $(BUILD)/.setup
	@[ $(BUILD)/.configured -nt $(BUILD)/.setup ] || { \
	    CMAKE_GENERATOR="$$(command -v ninja >/dev/null && echo Ninja || echo 'Unix Makefiles')" \
	    cmake --preset release $(CMAKE_FLAGS) && touch $(BUILD)/.configured; }

demo: all
	@[ -x $(BUILD)/bin/nova-demo ] || \
	    { echo "The demo was left out of the build: it needs cairo (libcairo2-dev)"; exit 1; }
	@$(BUILD)/bin/nova-demo $(DEMO_FLAGS)

test: all
	@cd $(BUILD) && ctest --output-on-failure --no-tests=error -j $(JOBS) $(CTEST_FLAGS)

# On a machine with nvcc and a device; without a device most of it is skipped.
test-gpu:
	@CMAKE_GENERATOR="$$(command -v ninja >/dev/null && echo Ninja || echo 'Unix Makefiles')" \
	    cmake --preset cuda $(CMAKE_FLAGS)
	@cmake --build --preset cuda -j $(JOBS)
	@ctest --preset cuda

bench: all
	@[ "$(PEERS_PYTHON)" != $(BUILD)/peers/bin/python3 ] || tools/peers $(BUILD)/peers
	@tools/bench $(BUILD) --shapes "$(SHAPES)" --time $(TIME) --classes "$(CLASSES)" \
	    --clock $(CLOCK) --peers "$(PEERS)" --python "$(PEERS_PYTHON)" $(BENCH_FLAGS)

lint: all
	@tools/setup lint
	@tools/lint $(BUILD)

generate: configure
	@cmake --build $(BUILD) -j $(JOBS) --target generate

docs:
	@tools/setup docs
	@mkdir -p $(BUILD)/docs && doxygen docs/Doxyfile
	@echo "See $(BUILD)/docs/html/index.html"

install: all
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean:
	@rm -rf $(BUILD) build-debug build-asan build-tsan build-minimal
