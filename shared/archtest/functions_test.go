package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/config/names"
)

// mayLinkCEL are the functions that decide by policy, and the command.
var mayLinkCEL = []string{names.API, names.Grant, names.Sweep, "slackapp", names.Notify, names.Console}

// linesOfMain of a function: config, adapters, start.
const linesOfMain = 40

// A function is a folder with a short main.go and nothing else to read.
func TestFunctionsAreThin(t *testing.T) {
	mains := 0
	for _, p := range packages(t) {
		name, ok := strings.CutPrefix(ours(p.ImportPath), "functions/")
		if !ok || strings.HasPrefix(name, "internal/") {
			continue
		}
		mains++
		if !slices.Contains(names.Functions, name) {
			t.Errorf("functions/%s is not in package names", name)
		}
		if !slices.Equal(p.GoFiles, []string{"main.go"}) {
			t.Errorf("functions/%s holds %v, want main.go alone", name, p.GoFiles)
			continue
		}
		raw, err := os.ReadFile(filepath.Join(p.Dir, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(raw), "\n"); n >= linesOfMain {
			t.Errorf("functions/%s/main.go has %d lines, want fewer than %d", name, n, linesOfMain)
		}
	}
	if mains != len(names.Functions) {
		t.Errorf("%d functions, want %d", mains, len(names.Functions))
	}
}

// Functions wire: they import everything, and nothing imports them. The names
// import nothing, so that the CDK app can import them.
func TestNothingImportsFunctions(t *testing.T) {
	for _, p := range packages(t) {
		from := ours(p.ImportPath)
		for _, to := range p.Imports {
			if strings.HasPrefix(ours(to), "functions/") && !strings.HasPrefix(from, "functions/") {
				t.Errorf("%s imports %s: functions wire, and nothing imports them", from, ours(to))
			}
		}
		if from == "shared/config/names" && len(p.Imports) > 0 {
			t.Errorf("names imports %v", p.Imports)
		}
	}
}

// CEL adds a third to a function: only those that decide by policy link it. The
// reader of OpenAPI documents adds a megabyte and 40 ms to a start: none does.
func TestWhoLinksWhat(t *testing.T) {
	for _, name := range names.Functions {
		cmd := exec.Command("go", "list", "-deps", "./functions/"+name)
		cmd.Dir = root(t)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for dep := range strings.Lines(string(out)) {
			cel := strings.Contains(dep, "/cel-go/") && !slices.Contains(mayLinkCEL, name)
			if cel || strings.Contains(dep, "/kin-openapi/") {
				t.Errorf("function %s links %s", name, strings.TrimSpace(dep))
				break
			}
		}
	}
}
