package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ebb-access/ebb/"

type pkg struct {
	ImportPath string
	Dir        string
	Doc        string
	Imports    []string
	GoFiles    []string
	Standard   bool
}

// root is the checkout.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// packages lists ours. The CDK app is left out: it costs a minute to load and
// imports names only, which its own tests hold.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Doc,Imports,GoFiles", "./shared/...", "./functions/...", "./infra/ebb/...")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 {
			all = append(all, p)
		}
	}
}

// ours cuts the module's path off; "" for foreign packages.
func ours(path string) string {
	if !strings.HasPrefix(path, module) {
		return ""
	}
	return strings.TrimPrefix(path, module)
}

func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

var domain = []string{"shared/access", "shared/directory", "shared/connector", "shared/review", "shared/audit", "shared/report"}

// adapters wrap one dependency each; an engine lies in a subfolder of its port.
var adapters = []string{"shared/store", "shared/slack", "shared/policyfile", "shared/secret", "shared/heads", "shared/mail", "shared/workflow", "shared/oidc", "shared/slackexport"}

var edges = []string{"shared/api", "shared/install", "shared/slackapp", "shared/console", "shared/steps", "shared/reportpage"}

// in reports whether a package is one of the folders or lies below one.
func in(p string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return p == f || strings.HasPrefix(p, f+"/") })
}

// top is the adapter that a package belongs to.
func top(p string) string {
	parts := strings.SplitN(p, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// allowed says why from may not import to, "" when it may.
func allowed(from, to string) string {
	foreign := ours(to) == ""
	o := ours(to)
	switch {
	case to == "github.com/slack-go/slack/socketmode" && from != "infra/ebb/local":
		return "the house on a laptop alone opens a socket to Slack"
	case from == "shared/fault":
		if !standard(to) {
			return "fault imports the standard library alone"
		}
	case in(from, domain):
		// Entitlements name kinds of resources, so access and connector know directory.
		// What a review denies becomes a grant's end, so review knows access.
		known := []string{"shared/fault", "shared/directory"}
		if from == "shared/review" {
			known = append(known, "shared/access")
		}
		if foreign && !standard(to) || !foreign && !slices.Contains(known, o) {
			return "the domain imports the standard library, fault and directory"
		}
	case from == "shared/message":
		if foreign && !standard(to) || !foreign && !in(o, append(domain, "shared/fault")) {
			return "messages know the domain"
		}
	case from == "shared/evidence":
		// It writes sheets, which the domain has no use for, and verifies away from flow.
		if foreign && !standard(to) || !foreign && !in(o, append(domain, "shared/fault", "shared/sheet")) {
			return "evidence knows the domain, sheets and fault"
		}
	case from == "shared/flow":
		if foreign && !standard(to) || !foreign && !in(o, append(domain, "shared/fault", "shared/message", "shared/evidence")) {
			return "flow imports the domain, messages, evidence and fault"
		}
	case strings.HasPrefix(from, "shared/slack/slacktest"):
		if !standard(to) && !strings.HasPrefix(o, "shared/slack/slacktest") {
			return "slacktest imports the standard library alone"
		}
	case in(from, adapters):
		return adapterMay(from, to, o, foreign)
	case in(from, edges):
		if in(o, adapters) && o != "shared/policyfile" || strings.HasPrefix(o, "infra/") {
			return "an edge imports flow and below, and policyfile"
		}
	case from == "shared/porttest":
		if o == "shared/flow" || strings.Contains(o, "/sqlite") {
			return "a contract suite knows ports, not engines"
		}
	}
	if !strings.HasPrefix(from, "infra/") && strings.HasPrefix(o, "infra/") {
		return "nothing imports infra"
	}
	return ""
}

func adapterMay(from, to, o string, foreign bool) string {
	switch {
	case foreign:
		return ""
	case o == "shared/flow" || in(o, edges):
		return "an adapter never imports flow or an edge"
	case in(o, adapters) && top(o) != top(from):
		return "adapters never import each other"
	case from == top(from) && in(o, []string{from}):
		return "an engine imports its parent, never the reverse"
	}
	return ""
}

func TestImports(t *testing.T) {
	all := packages(t)
	if len(all) < 15 {
		t.Fatalf("only %d packages were found", len(all))
	}
	for _, p := range all {
		for _, to := range p.Imports {
			if why := allowed(ours(p.ImportPath), to); why != "" {
				t.Errorf("%s imports %s: %s", ours(p.ImportPath), to, why)
			}
		}
	}
}

// The rules themselves have to be able to fail.
func TestRules(t *testing.T) {
	forbidden := [][2]string{
		{"shared/fault", module + "shared/access"},
		{"shared/access", module + "shared/flow"},
		{"shared/access", "gopkg.in/yaml.v3"},
		{"shared/directory", module + "shared/store"},
		{"shared/flow", module + "shared/slack"},
		{"shared/flow", "github.com/slack-go/slack"},
		{"shared/store", module + "shared/flow"},
		{"shared/store", module + "shared/store/sqlite"},
		{"shared/store/sqlite", module + "shared/slack"},
		{"shared/slack", module + "shared/store"},
		{"shared/slack/slacktest", "github.com/slack-go/slack"},
		{"shared/slack/slacktest", module + "shared/slack"},
		{"shared/api", module + "shared/store"},
		{"shared/slackapp", module + "shared/store"},
		{"shared/slackapp", module + "shared/secret"},
		{"shared/flow", module + "shared/slackapp"},
		{"shared/flow", module + "shared/sheet"},
		{"shared/evidence", module + "shared/flow"},
		{"shared/evidence", module + "shared/store"},
		{"shared/message", module + "shared/flow"},
		{"shared/access", module + "shared/message"},
		{"shared/access", module + "shared/review"},
		{"shared/flow", module + "infra/ebb/local"},
		{"shared/slackapp", "github.com/slack-go/slack/socketmode"},
		{"functions/slackapp", "github.com/slack-go/slack/socketmode"},
		{"shared/report", module + "shared/sheet"},
		{"shared/slackexport", module + "shared/slack"},
		{"shared/slack", module + "shared/reportpage"},
		{"shared/reportpage", module + "shared/slackexport"},
	}
	for _, f := range forbidden {
		if allowed(f[0], f[1]) == "" {
			t.Errorf("%s may import %s", f[0], f[1])
		}
	}
	for _, ok := range [][2]string{
		{"shared/store/sqlite", module + "shared/store"},
		{"shared/flow", module + "shared/audit"},
		{"shared/flow", module + "shared/message"},
		{"shared/slack", module + "shared/message"},
		{"shared/api", module + "shared/flow"},
		{"infra/ebb/local", module + "shared/store/sqlite"},
	} {
		if why := allowed(ok[0], ok[1]); why != "" {
			t.Errorf("%s may not import %s: %s", ok[0], ok[1], why)
		}
	}
}

func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", ours(p.ImportPath))
		}
	}
}

// linesOf a Go file that people write.
const linesOf = 400

func TestFilesHoldOneIdea(t *testing.T) {
	for _, p := range packages(t) {
		for _, f := range p.GoFiles {
			raw, err := os.ReadFile(filepath.Join(p.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			text := string(raw)
			if n := strings.Count(text, "\n"); n > linesOf && !strings.Contains(text, "Code generated") {
				t.Errorf("%s/%s has %d lines, more than %d", ours(p.ImportPath), f, n, linesOf)
			}
		}
	}
}

func TestTopLevel(t *testing.T) {
	want := []string{"functions", "infra", "shared", "go.mod", "go.sum", "Makefile", "cdk.json", "README.md", "LICENSE"}
	entries, err := os.ReadDir(root(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(want, e.Name()) {
			t.Errorf("%s stands at the top level, which is fixed", e.Name())
		}
	}
}

// The domain and flow never read the clock: now is an argument.
func TestNobodyThinksWithTheWallClock(t *testing.T) {
	for _, p := range packages(t) {
		if o := ours(p.ImportPath); !in(o, append(domain, "shared/flow", "shared/evidence")) {
			continue
		}
		for _, f := range p.GoFiles {
			raw, err := os.ReadFile(filepath.Join(p.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range []string{"time.Now(", "time.Sleep(", "time.Since(", "time.Until(", "time.After("} {
				if strings.Contains(string(raw), word) {
					t.Errorf("%s/%s uses %s", ours(p.ImportPath), f, word)
				}
			}
		}
	}
}
