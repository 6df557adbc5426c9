package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// childEnv names the file at which this test binary, started once more, writes
// until it is killed.
const childEnv = "EBB_TEST_SQLITE_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// pair is a commit of two rows: either both are found or none.
func pair(round string, writer, n int) []store.Write {
	body := fmt.Appendf(nil, `{"writer":%d,"n":%d}`, writer, n)
	var writes []store.Write
	for _, part := range []string{"left", "right"} {
		key := store.Key{Part: part, Sort: fmt.Sprintf("%s %d %06d", round, writer, n)}
		writes = append(writes, store.Write{Action: store.Put, Row: store.Row{Key: key, Body: body}})
	}
	return writes
}

// writeUntilKilled commits from four goroutines, and batches from one, and
// says each commit's name on standard output after it was acknowledged.
func writeUntilKilled(path string) error {
	table, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		return err
	}
	round := fmt.Sprint(os.Getpid())
	failed := make(chan error, 5)
	var out sync.Mutex
	for writer := range 4 {
		go func() {
			for n := 0; ; n++ {
				if err := table.Commit(context.Background(), pair(round, writer, n)); err != nil {
					failed <- err
					return
				}
				out.Lock()
				fmt.Printf("%s %d %06d\n", round, writer, n)
				out.Unlock()
			}
		}()
	}
	go func() {
		for from := 0; ; from += 2000 {
			if err := table.Batch(context.Background(), members(from, 2000)); err != nil {
				failed <- err
				return
			}
		}
	}()
	return <-failed
}

// TestKilled: whatever was acknowledged before SIGKILL is found again, and
// every commit whole, round after round on the same file.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ebb.db")
	var said []string
	for range 3 {
		said = append(said, killedChild(t, path)...)
	}
	table := open(t, path)
	left, right := partition(t, table, "left"), partition(t, table, "right")
	if len(left) != len(right) {
		t.Errorf("%d left rows and %d right rows: a commit came apart", len(left), len(right))
	}
	for sort, body := range left {
		if right[sort] != body {
			t.Errorf("commit %q came apart", sort)
		}
	}
	for _, sort := range said {
		if _, ok := left[sort]; !ok {
			t.Errorf("commit %q was acknowledged and is not there", sort)
		}
	}
	if got := ask(t, path, "PRAGMA integrity_check"); got != "ok" {
		t.Errorf("integrity check: %s", got)
	}
	t.Logf("%d commits acknowledged, %d found", len(said), len(left))
}

// killedChild gives what a child said before it was killed amid its work.
func killedChild(t *testing.T, path string) (said []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said = append(said, lines.Text())
		if len(said) == 10 { // amid its work, however slow the machine
			time.AfterFunc(300*time.Millisecond, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait() // it was killed
	if len(said) < 10 {
		t.Fatalf("the child acknowledged only %d commits", len(said))
	}
	return said
}

func partition(t *testing.T, table store.Table, part string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for r := (store.Range{Part: part}); ; {
		rows, more, err := table.Query(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			found[row.Sort] = string(row.Body)
		}
		if !more {
			return found
		}
		r.After = rows[len(rows)-1].Sort
	}
}

// TestBatchCanceled: a batch that ends half-way says so, and what it wrote is
// whole transactions.
func TestBatchCanceled(t *testing.T) {
	for delay := range 8 {
		table := open(t, filepath.Join(t.TempDir(), "ebb.db"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(delay)*20*time.Millisecond)
		writes := members(0, 20_000)
		for i := range writes {
			writes[i].Row.Part = "all"
		}
		err := table.Batch(ctx, writes)
		cancel()
		found := len(partition(t, table, "all"))
		if found%5000 != 0 {
			t.Errorf("%d rows: a transaction came apart", found)
		}
		want := fault.Unclear
		switch found {
		case 0:
			want = fault.Backoff
		case len(writes):
			want = ""
		}
		if fault.KindOf(err) != want {
			t.Errorf("%d of %d rows and error %v, want kind %q", found, len(writes), err, want)
		}
	}
}
