package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/config/names"
)

// functionTable reads the README's table of functions: the rows below the
// heading of that name, as name -> {trigger, what it does}.
func functionTable(t *testing.T) map[string][2]string {
	t.Helper()
	raw, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, below, found := strings.Cut(string(raw), "| function | started by |")
	if !found {
		t.Fatal("the README has no table that begins | function | started by |")
	}
	rows := map[string][2]string{}
	for _, line := range strings.Split(below, "\n")[2:] {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 3 {
			break
		}
		rows[strings.Trim(cells[0], "`")] = [2]string{cells[1], cells[2]}
	}
	return rows
}

// The one table of functions = the folders = the names = the template = the
// README, both directions.
func TestOneTableOfFunctions(t *testing.T) {
	readme, p := functionTable(t), parts()
	var listed []string
	for _, f := range Functions {
		listed = append(listed, f.Name)
		if got := readme[f.Name]; got != [2]string{string(f.Trigger), f.Does} {
			t.Errorf("the README says of %s: %q; the list says %q, %q", f.Name, got, f.Trigger, f.Does)
		}
		p.function(t, f.Name)
	}
	same := func(where string, got []string) {
		slices.Sort(got)
		want := slices.Sorted(slices.Values(listed))
		if !slices.Equal(got, want) {
			t.Errorf("%s has functions %v; infra lists %v", where, got, want)
		}
	}
	same("config/names", slices.Clone(names.Functions))
	same("the folder functions/", functionFolders(t))
	var there, documented []string
	for _, id := range p.ids("Lambda::Function") {
		there = append(there, strings.TrimPrefix(text(at(p.resources[id], "Properties.FunctionName")), "ebb-"))
	}
	same("the template", there)
	for name := range readme {
		documented = append(documented, name)
	}
	same("the README", documented)
}

// functionFolders are those with a main.go; internal is what they share.
func functionFolders(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("../functions")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != "internal" {
			out = append(out, e.Name())
		}
	}
	return out
}

// The app knows the house by names and by the state machine's file: nothing of
// what it deploys is compiled into it.
func TestImportsNamesOnly(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=Imports", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	var p struct{ Imports []string }
	if err := json.NewDecoder(bytes.NewReader(out)).Decode(&p); err != nil {
		t.Fatal(err)
	}
	const module = "github.com/ebb-access/ebb/"
	for _, i := range p.Imports {
		if own, ours := strings.CutPrefix(i, module); ours && own != "shared/config/names" && own != "infra/workflow" {
			t.Errorf("the CDK app imports %s", own)
		}
	}
}

// Each use is somebody's, and each has a right written down.
func TestUses(t *testing.T) {
	for _, use := range []Use{Locks, Directory, Stages, ReadTokens, WriteTokens, DropTokens, App, Pseudonyms, Signs, ReadSigner, ReadHeads, AddHeads, Wakes, Hears} {
		if !slices.ContainsFunc(Functions, func(f Function) bool { return f.uses(use) }) {
			t.Errorf("nobody %s", use)
		}
	}
}
