package heads

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/audit"
)

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heads.jsonl")
	f := Open(path)
	add := func(n int64) {
		t.Helper()
		h := audit.Head{N: n, Hash: "aa", At: time.Unix(n, 0).UTC(), Signature: "bb"}
		if err := f.AddHead(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	count := func(want int) []audit.Head {
		t.Helper()
		got, err := f.Heads(t.Context())
		if err != nil || len(got) != want {
			t.Fatalf("%d heads, %v, want %d", len(got), err, want)
		}
		return got
	}
	count(0)
	add(1)
	add(2)
	torn, _ := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	_, _ = torn.WriteString(`{"seals":3,"ha`)
	torn.Close()
	count(2)
	add(4)
	add(4) // a restart says the newest again
	if got := count(3); got[2].N != 4 {
		t.Fatalf("last head %+v", got[2])
	}
	for n, want := range map[int64]int64{1: 1, 2: 2, 3: 4, 4: 4, 5: 0} {
		if h, err := f.HeadFrom(t.Context(), n); err != nil || h.N != want {
			t.Errorf("from %d: head %d, %v, want %d", n, h.N, err, want)
		}
	}
	if err := os.WriteFile(path, []byte("rubbish\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Heads(t.Context()); err == nil {
		t.Fatal("a broken line was taken")
	}
}
