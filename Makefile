# Ebb. `make` prints this help. Outputs go to .build/, tools live in .tools/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BUILD := .build
TOOL := go tool -modfile=.tools/go.mod
# What the commands are built of: code, and what is embedded in it.
GO_FILES := $(shell git ls-files -co --exclude-standard '*.go' 'shared/**.html' 'shared/**.css' 'shared/**.txt' 'shared/**.json' 'infra/**.json' 'infra/**.yaml' ':!*/testdata/*' 2>/dev/null)
# Everything but the CDK app, which alone costs a minute to compile.
PACKAGES := ./shared/... ./functions/... ./infra/workflow/... ./infra/lambdatest/... ./infra/e2e/... ./infra/rights/... ./infra/pack/... ./infra/ebb/... ./infra/cost/... ./infra/live/...

.PHONY: help demo report-example run test aws-local lint bench sim guards crash fuzz generate clean bin build functions-test e2e cost synth synth-test diff deploy destroy browser

help: ## Show this help.
	@echo "Ebb: Slack access that ends by itself, and proof that it did."
	@echo
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(BUILD)/ebb: $(GO_FILES) go.mod go.sum
	@echo "building the ebb command (the first time also downloads its modules)"
	@mkdir -p $(BUILD)
	@go build -trimpath -o $@ ./infra/ebb

$(BUILD)/slacktest: $(GO_FILES) go.mod go.sum
	@echo "building the simulated Slack"
	@mkdir -p $(BUILD)
	@go build -trimpath -o $@ ./shared/slack/slacktest/cmd/slacktest

bin: $(BUILD)/ebb $(BUILD)/slacktest ## Build the ebb command and the simulated Slack.

demo: bin ## The main job told in this terminal, on a simulated Slack (about 30 s).
	@$(BUILD)/ebb demo --slacktest $(BUILD)/slacktest

report-example: $(BUILD)/ebb ## The first look of `ebb report`, at a simulated company, into .build/report.
	@$(BUILD)/ebb report --example --out $(BUILD)/report

run: bin ## The whole house on 127.0.0.1, over a simulated company; Ctrl-C stops it.
	@$(BUILD)/ebb run $(ARGS)

test: ## Every test, with the engines that stand in for AWS beside it; needs no account.
	@.tools/workflow/setup
	.tools/aws/with go test $(PACKAGES)

aws-local: ## DynamoDB Local and moto for tests by hand: prints their addresses; Ctrl-C stops them.
	@.tools/aws/with bash -c 'env | grep ^EBB_ | sed "s/^/export /"; sleep infinity'

lint: ## go vet, gofumpt, staticcheck, govulncheck (SKIP without its database).
	go vet $(PACKAGES)
	@out=$$($(TOOL) gofumpt -l $$(git ls-files '*.go' | grep -v '\.gen\.go$$')); \
	  if [ -n "$$out" ]; then echo "not formatted (gofumpt -w):"; echo "$$out"; exit 1; fi; echo "gofumpt: clean"
	$(TOOL) staticcheck $(PACKAGES)
	@if out=$$($(TOOL) govulncheck $(PACKAGES) 2>&1); then echo "govulncheck: clean"; \
	  elif echo "$$out" | grep -qE 'fetching vulnerabilities|no such host|403 Forbidden|dial tcp'; then echo "govulncheck: SKIP (its database cannot be reached from here)"; \
	  else echo "$$out"; exit 1; fi

bench: $(BUILD)/ebb ## Measure speed and size against their limits (about nine minutes).
	EBB_BENCH=1 go test ./infra/ebb/bench -count=1 -timeout 40m -v
	go test ./shared/store/sqlite -run '^$$' -bench 'Batch$$|Commit$$' -benchtime 2s
	go run ./infra/pack
	go run ./infra/pack -arch $$(go env GOARCH) -unpacked
	EBB_BENCH=1 EBB_FUNCTIONS=$(CURDIR)/$(BUILD)/functions .tools/aws/with go test ./infra/lambdatest -run TestFigures -count=1 -v
	EBB_BENCH=1 .tools/aws/with go test ./infra/e2e -run TestClick -count=1 -timeout 8m -v

# The seeds of one run: make sim SEEDS=100000 FROM=5000; one step by step: make sim SEED=n;
# a story that was kept: make sim STORY=shared/simulation/testdata/NAME.txt
sim: ## Tell simulated stories (1,000 seeds) and hold them against the promises; SEED=n tells one step by step, REVIEWS=1 only those with access reviews.
	go run ./shared/simulation/cmd/sim $(if $(SEED),-seed $(SEED),$(if $(STORY),-story $(STORY),-seeds $(or $(SEEDS),1000) -from $(or $(FROM),1) $(if $(REVIEWS),-reviews)))

guards: ## Take each guard away and say how many simulated stories it takes to miss it (minutes).
	go run ./shared/simulation/cmd/sim -guards -seeds 1000

crash: ## Kill the house 500 times under load and miss nothing (about eight minutes); N=40 SEED=7 for fewer.
	EBB_CRASH=$(or $(N),500) EBB_CRASH_SEED=$(SEED) go test ./infra/ebb/crash -count=1 -timeout 40m -v

fuzz: ## Fuzz every target for FUZZTIME each (10s); ONLY=Cursor for some.
	@FUZZTIME=$(FUZZTIME) ONLY=$(ONLY) .tools/fuzz

# SET names the stack's parameters: make deploy SET="alarmMail=ops@example.com syncEvery=5m"
SET :=
STACK := $(or $(patsubst stackName=%,%,$(filter stackName=%,$(SET))),ebb)
CDK := .tools/cdk/cdk
# Node 20 is warned of at each start; what it says is about CDK's own future.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

build: ## Build the functions' zips into .build/functions, the same bytes each time.
	go run ./infra/pack

functions-test: ## Build the functions twice, the same bytes each time, and have each zip answer.
	go run ./infra/pack -check
	go run ./infra/pack -arch amd64 -unpacked
	@.tools/lambda/setup
	EBB_FUNCTIONS=$(CURDIR)/$(BUILD)/functions .tools/aws/with go test -count=1 ./infra/lambdatest

# The template against which the run holds each role, made anew when the stack changed.
$(BUILD)/e2e/ebb.template.json: $(wildcard infra/*.go infra/workflow/*) shared/config/names/names.go go.mod
	go run ./infra/pack
	CDK_OUTDIR=$(BUILD)/e2e go run ./infra

# ARGS=zips runs the very zips of `make build`, under an emulator where need be (slower).
e2e: $(BUILD)/ebb $(BUILD)/e2e/ebb.template.json ## The whole story on the deployed functions, AWS-shaped: an upgrade, mishaps, rights, costs (a minute or so).
	$(if $(filter zips,$(ARGS)),go run ./infra/pack && .tools/lambda/setup,go run ./infra/pack -arch $$(go env GOARCH) -unpacked)
	@go run ./infra/pack -arch $$(go env GOARCH) -unpacked -out $(BUILD)/functions/next -buildid next
	EBB_E2E=$(or $(ARGS),1) .tools/aws/with go test -count=1 -timeout 12m -v ./infra/e2e

cost: $(BUILD)/ebb $(BUILD)/e2e/ebb.template.json ## Measure anew what a sync, a grant and a minute take of AWS, and write infra/cost.md (minutes).
	go run ./infra/pack -arch $$(go env GOARCH) -unpacked
	EBB_E2E=1 EBB_MEASURE=$$(git rev-parse --short HEAD) .tools/aws/with go test -count=1 -timeout 20m -v -run TestCost ./infra/e2e
	go test ./infra/cost -run TestPage -update

synth: build ## Write and lint the CloudFormation template (.build/cdk.out); no network, no AWS.
	@rm -rf $(BUILD)/cdk.out
	CDK_OUTDIR=$(BUILD)/cdk.out go run ./infra $(SET)
	@.tools/cdk/lint $(BUILD)/cdk.out/*.template.json

synth-test: ## Test the stack, cdk-nag too (compiles CDK: a minute or two the first time).
	go test ./infra

diff: synth ## What a deploy would change.
	$(CDK) diff --app $(BUILD)/cdk.out $(STACK)

deploy: synth ## Deploy to the account of your AWS credentials; says first what it will create or change.
	$(CDK) diff --app $(BUILD)/cdk.out $(STACK)
	$(CDK) deploy --app $(BUILD)/cdk.out --require-approval any-change $(ARGS) $(STACK)
	@$(if $(filter mailFrom=%,$(SET)),.tools/cdk/sandbox,true)

destroy: build ## Take the house down; refuses while grants live, keeps the data unless DATA=delete.
	DATA=$(DATA) .tools/cdk/destroy $(STACK) $(SET)

# NAME=window walks one journey; PICTURES=1 makes the pictures of README.md anew.
# Where there can be no browser it says SKIP and goes on.
browser: bin ## Walk the journeys of infra/ebb/browser in headless Chromium; pictures in .build/browser.
	@.tools/browser/setup && status=0 || status=$$?; \
	  if [ $$status = 2 ]; then exit 0; elif [ $$status != 0 ]; then exit $$status; fi; \
	  EBB_PICTURES=$(PICTURES) node .tools/browser/run.mjs infra/ebb/browser $(NAME)

generate: ## Make the API's server and client types, and its table of what is allowed, from shared/api/openapi.yaml.
	go generate ./shared/api/...

clean: ## Remove what was built; .ebb (data of a house) stays.
	rm -rf $(BUILD)
