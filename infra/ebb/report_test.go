package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/ebb-access/ebb/infra/ebb/reporting"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slackexport/exporttest"
)

// report runs the command as it is typed.
func report(t *testing.T, args ...string) error {
	t.Helper()
	var tree struct {
		Report reporting.Report `cmd:""`
	}
	p, err := kong.New(&tree, kong.BindTo(t.Context(), (*context.Context)(nil)))
	if err != nil {
		t.Fatal(err)
	}
	k, err := p.Parse(append([]string{"report"}, args...))
	if err != nil {
		return err
	}
	return k.Run()
}

func TestReportAsItIsTyped(t *testing.T) {
	dir := t.TempDir()
	export, out := filepath.Join(dir, "export.zip"), filepath.Join(dir, "report")
	if err := os.WriteFile(export, exporttest.Company().Zip(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := report(t, "--export", export, "--out", out, "--quiet"); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(out, "report.html"))
	if err != nil || !strings.Contains(string(page), "Olga Novak") {
		t.Errorf("no page: %v", err)
	}
	if err := report(t, "--export", export, "--token-file", "-"); err == nil || !strings.Contains(err.Error(), "together") {
		t.Errorf("two sources at once: %v", err)
	}
	if err := report(t); !fault.Is(err, fault.Invalid) {
		t.Errorf("no source: %v", err)
	}
	if err := report(t, "--token", "xoxp-1"); err == nil {
		t.Error("a token is taken from the command line")
	}
}
