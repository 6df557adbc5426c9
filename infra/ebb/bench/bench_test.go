package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
)

// ebb and slacktest are the commands, built once.
var ebb, slacktest string

func TestMain(m *testing.M) {
	if os.Getenv("EBB_BENCH") == "" {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "ebb-bench-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := 1
	if err := build(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
		table.print()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func build(dir string) error {
	ebb, slacktest = filepath.Join(dir, "ebb"), filepath.Join(dir, "slacktest")
	for out, pkg := range map[string]string{ebb: "infra/ebb", slacktest: "shared/slack/slacktest/cmd/slacktest"} {
		c := exec.Command("go", "build", "-trimpath", "-o", out, "github.com/ebb-access/ebb/"+pkg)
		if said, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", pkg, err, said)
		}
	}
	return nil
}

// heavy skips a test that nobody asked for.
func heavy(t *testing.T) {
	t.Helper()
	if os.Getenv("EBB_BENCH") == "" {
		t.Skip("takes minutes: make bench, or EBB_BENCH=1, runs it")
	}
}

// table collects the figures in the order in which they were measured.
var table figures

type figures struct {
	mu   sync.Mutex
	rows []string
}

func (f *figures) add(cells ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows = append(f.rows, strings.Join(cells, "\t"))
}

func (f *figures) print() {
	fmt.Printf("\n%s/%s, %d cores, %s\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "FIGURE\tMEASURED\tLIMIT\t")
	for _, r := range f.rows {
		fmt.Fprintln(w, r)
	}
	_ = w.Flush()
}

// atMost is a figure with a limit.
func atMost[N int | int64 | float64](t *testing.T, what string, got, limit N, unit string) {
	t.Helper()
	verdict := "ok"
	if got > limit {
		verdict = "MISSED"
		t.Errorf("%s: %s, and the limit is %s", what, number(got, unit), number(limit, unit))
	}
	table.add(what, number(got, unit), "<= "+number(limit, unit), verdict)
}

// exactly is a figure that can only be one.
func exactly[N int | int64 | float64](t *testing.T, what string, got, want N, unit string) {
	t.Helper()
	verdict := "ok"
	if got != want {
		verdict = "MISSED"
		t.Errorf("%s: %s, and it has to be %s", what, number(got, unit), number(want, unit))
	}
	table.add(what, number(got, unit), "= "+number(want, unit), verdict)
}

// told is a figure without a limit.
func told[N int | int64 | float64](what string, got N, unit string) {
	table.add(what, number(got, unit), "", "")
}

func number[N int | int64 | float64](n N, unit string) string {
	if f, ok := any(n).(float64); ok {
		return strings.TrimSpace(fmt.Sprintf("%.2f %s", f, unit))
	}
	return strings.TrimSpace(fmt.Sprintf("%v %s", n, unit))
}
