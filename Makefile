# `make` prints what there is to do.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build service demo test bench bench-trl bench-transformers bench-math bench-overlap bench-code bench-service bench-worlds bench-control test-worlds-python test-openenv format format-check docs papers clean

# Package.swift looks for the shim here.
export LAUREL_SHIM ?= $(CURDIR)/.deps/lib

# What Package.swift finds on the machine changes when scripts/setup has run: no answer from an earlier evaluation.
SWIFT_BUILD := swift build --manifest-cache none
SWIFT_TEST := swift test --manifest-cache none

SWIFT_SOURCES := Package.swift Sources Tests
LAUREL := .build/release/laurel
DEMO_RUN := runs/demo
DOCUMENTED := Rewards Verifiers Audits Tasks Studio
BENCH_PROMPTS ?= bench/prompts.jsonl
BENCH_ROUNDS ?= 5
BENCH_SEED ?= 1

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Fetch libtorch and the small models, compile the shim
	@scripts/setup

build: setup ## Build the laurel command (release)
	$(SWIFT_BUILD) -c release --product laurel

service: ## Build the reward service that laurel serve starts (release)
	$(SWIFT_BUILD) -c release --product laurel-serve

demo: build ## Train a small model on tool calls and write a report
	@mkdir -p $(DEMO_RUN)
	$(LAUREL) train examples/tool-calls.yaml --summary $(DEMO_RUN)/summary.json
	@printf 'The run is summed up in %s\n' "$(CURDIR)/$(DEMO_RUN)/summary.json"
	@report="$$(find runs -name '*.html' -newer examples/tool-calls.yaml -print 2>/dev/null | tail -n 1)"; \
	  if [ -n "$$report" ]; then printf 'The report to open in a browser: %s\n' "$(CURDIR)/$$report"; fi

test: setup ## Build and run every test
	OMP_NUM_THREADS=1 scripts/test $(SWIFT_TEST) --disable-xctest --no-parallel

bench: build ## Time one GRPO step
	$(LAUREL) bench

bench-trl: build ## One GRPO step, TRL against Laurel, on this machine
	@bench/prepare
	.deps/bench-python/bin/python bench/compare.py --prompts $(BENCH_PROMPTS) --rounds $(BENCH_ROUNDS)

bench-transformers: build ## Drawing and a training pass, transformers against Laurel, on this machine
	@bench/prepare
	.deps/bench-python/bin/python bench/compare.py --peer transformers --prompts $(BENCH_PROMPTS) --rounds $(BENCH_ROUNDS)

bench-math: build ## Mathematical answers, math-verify against Laurel, on this machine
	@bench/prepare-math
	python3 bench/math_pairs.py --seed $(BENCH_SEED) --count 1450 > .deps/math-pairs.jsonl
	.deps/bench-math-python/bin/python bench/math_compare.py .deps/math-pairs.jsonl

bench-overlap: build ## BLEU, chrF and ROUGE, sacrebleu and rouge-score against Laurel, on this machine
	@bench/prepare-overlap
	.deps/bench-overlap-python/bin/python bench/overlap.py --seed $(BENCH_SEED)

bench-code: build ## Programs against tests, one python3 a sample against Laurel's sandboxes, on this machine
	python3 bench/code_throughput.py --seed $(BENCH_SEED) --count 2000
	@if [ -n "$(HUMANEVAL)" ]; then python3 bench/code_mutants.py "$(HUMANEVAL)"; fi

bench-service: service ## The reward service under load, and FastAPI's; kills, malformed requests
	@bench/prepare-service
	.deps/bench-service-python/bin/python bench/service/load.py
	python3 bench/service/restart.py
	python3 bench/service/malformed.py
	LAUREL_SERVE=$(CURDIR)/.build/release/laurel-serve PYTHONPATH=clients/python/src \
	  python3 -W ignore::ResourceWarning -m unittest discover -s clients/python/tests

bench-worlds: build ## CartPole's steps, Gymnasium against Laurel, on this machine
	@bench/prepare-worlds
	LAUREL=$(LAUREL) .deps/bench-worlds-python/bin/python bench/worlds.py

test-worlds-python: build ## The worlds under Gymnasium's and PettingZoo's own checks
	@bench/prepare-worlds
	LAUREL=$(CURDIR)/$(LAUREL) PYTHONPATH=clients/python/src \
	  .deps/bench-worlds-python/bin/python -m unittest clients/python/tests/test_worlds.py

test-openenv: service ## The worlds under OpenEnv's own client, with its speed
	@test -x .deps/openenv-python/bin/python || { python3 -m venv .deps/openenv-python && \
	  .deps/openenv-python/bin/python -m pip install --quiet --disable-pip-version-check openenv==0.10.0; }
	.deps/openenv-python/bin/python bench/openenv_client.py

bench-control: build ## PPO on CartPole to a mean return of 475, Stable-Baselines3 against Laurel, on this machine
	@bench/prepare-control
	.deps/bench-control-python/bin/python bench/control_ppo.py --rounds $(BENCH_ROUNDS)

format: ## Rewrite the sources in the project's format
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

format-check: ## Fail when a source is not in the project's format
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

docs: ## Write the API documentation to .build/docs
	@scripts/docs $(DOCUMENTED)

papers: build ## Write docs/papers.md, the table of the 68 systems, from the recipes
	$(LAUREL) reproduce --list --markdown > docs/papers.md.new
	mv docs/papers.md.new docs/papers.md

clean: ## Delete what was built; .deps and runs stay
	rm -rf .build
