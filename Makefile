# Ebb. `make` prints this help. Outputs go to .build/, tools live in .tools/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BUILD := .build
TOOL := go tool -modfile=.tools/go.mod
GO_FILES := $(shell git ls-files -co --exclude-standard '*.go' 2>/dev/null)
# Everything but the CDK app, which alone costs a minute to compile.
PACKAGES := ./shared/... ./infra/ebb/...

.PHONY: help demo run test aws-local lint bench generate clean bin

help: ## Show this help.
	@echo "Ebb: Slack access that ends by itself, and proof that it did."
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(BUILD)/ebb: $(GO_FILES) go.mod go.sum
	@echo "building the ebb command (the first time also downloads its modules)"
	@mkdir -p $(BUILD)
	@go build -trimpath -o $@ ./infra/ebb

$(BUILD)/slacktest: $(GO_FILES) go.mod go.sum
	@echo "building the simulated Slack"
	@mkdir -p $(BUILD)
	@go build -trimpath -o $@ ./shared/slack/slacktest/cmd/slacktest

bin: $(BUILD)/ebb $(BUILD)/slacktest ## Build the ebb command and the simulated Slack.

demo: bin ## The main job told in this terminal, on a simulated Slack (about 40 s).
	@$(BUILD)/ebb demo --slacktest $(BUILD)/slacktest

run: bin ## The whole house on 127.0.0.1, over a simulated company; Ctrl-C stops it.
	@$(BUILD)/ebb run $(ARGS)

test: ## Every test, with the engines that stand in for AWS beside it; needs no account.
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

bench: ## Measure speed and size against their limits (about four minutes).
	EBB_BENCH=1 go test ./infra/ebb/bench -count=1 -timeout 20m -v
	go test ./shared/store/sqlite -run '^$$' -bench 'Batch$$|Commit$$' -benchtime 2s

generate: ## Make the API's server and client types from shared/api/openapi.yaml.
	go generate ./shared/api/...

clean: ## Remove what was built; .ebb (data of a house) stays.
	rm -rf $(BUILD)
