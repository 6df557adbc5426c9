package file_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/secret"
)

// TestKilled kills a process that swaps without pause, again and again: the
// value is always an old or a new one, whole, and can be swapped again.
func TestKilled(t *testing.T) {
	if path := os.Getenv("EBB_TEST_KILLED"); path != "" {
		swapForEver(t, open(t, path))
		return
	}
	path := filepath.Join(t.TempDir(), "secrets.age")
	s := open(t, path)
	swap(t, s, "a", "start", "")
	for round := range 5 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		child.Env = append(os.Environ(), "EBB_TEST_KILLED="+path)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(50+7*round) * time.Millisecond)
		_ = child.Process.Kill()
		_ = child.Wait() // killed, as it was told
		after := open(t, path)
		value, version, err := after.Get(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if string(value) != "start" && (len(value) != secret.MaxValue || bytes.Count(value, value[:1]) != len(value)) {
			t.Fatalf("round %d: a value of %d bytes that nobody wrote", round, len(value))
		}
		swap(t, after, "a", "start", version)
	}
}

func swapForEver(t *testing.T, s secret.Store) {
	t.Helper()
	_, version, err := s.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		version = swap(t, s, "a", strings.Repeat(string(rune('a'+i%26)), secret.MaxValue), version)
	}
}
