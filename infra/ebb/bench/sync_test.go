package bench

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// looked is one run of ebb sync.
type looked struct {
	summary string
	seconds float64
	peak    float64 // MiB
	calls   int     // as ebb counted
	by      map[string]int
}

// sync runs ebb sync as a process of its own. Its peak memory is the kernel's
// figure (ru_maxrss), which begins at this process' own size: keep it small.
func (s *sim) sync(file string, flags ...string) looked {
	s.t.Helper()
	before := s.calls()
	cmd := exec.Command(ebb, append([]string{"sync", "--slack-api-url", s.API, "--token", "-", "--data", file, "--quiet"}, flags...)...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(s.UserToken), &out, &errs
	began := time.Now()
	if err := cmd.Run(); err != nil {
		s.t.Fatalf("%v: %s", err, errs.String())
	}
	l := looked{summary: out.String(), seconds: time.Since(began).Seconds(), peak: peak(cmd)}
	l.by = since(before, s.calls())
	l.calls = l.number(s.t, "calls")
	total := 0
	for _, n := range l.by {
		total += n
	}
	if total != l.calls {
		s.t.Errorf("Slack counted %d calls %v, and Ebb %d", total, l.by, l.calls)
	}
	return l
}

func peak(cmd *exec.Cmd) float64 {
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" { // bytes there, KiB elsewhere
		return float64(usage.Maxrss) / (1 << 20)
	}
	return float64(usage.Maxrss) / (1 << 10)
}

func (l looked) number(t *testing.T, line string) int {
	t.Helper()
	found := regexp.MustCompile(`(?m)^` + line + ` +(\d+)`).FindStringSubmatch(l.summary)
	if found == nil {
		t.Fatalf("no %q in:\n%s", line, l.summary)
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// others are the calls besides the listings that are counted by formula.
func (l looked) others() int { return l.calls - l.by["users.list"] - l.by["usergroups.list"] }

const kinds = "--kinds=accounts,workspaces,usergroups"

func pages(n int) int { return (n + 998) / 999 }

func TestAFullSyncInAtMost35Calls(t *testing.T) {
	heavy(t)
	s := startSlack(t, "-workspaces", "5", "-people", "20000", "-groups", "50", "-channels", "100")
	want := 0
	for _, team := range s.Teams {
		want += pages(len(s.people(team)))
	}
	l := s.sync(filepath.Join(t.TempDir(), "x.db"), kinds)
	const what = "5 workspaces, 20,000 people, 50 groups: "
	atMost(t, what+"calls", l.calls, 35, "")
	exactly(t, what+"users.list", l.by["users.list"], want, "")
	exactly(t, what+"usergroups.list", l.by["usergroups.list"], 5, "")
	atMost(t, what+"other calls", l.others(), 5, "")
	told(what+"sync", l.seconds, "s")
	told(what+"peak memory", l.peak, "MiB")
	if l.number(t, "usergroups") != 50 || l.number(t, "workspaces") != 5 || l.number(t, "accounts") < 19_500 {
		t.Errorf("%s", l.summary)
	}
}

func TestAWorkspaceOf100000(t *testing.T) {
	heavy(t)
	s := startSlack(t, "-people", "100600", "-groups", "230", "-channels", "20")
	people := len(s.people(s.Teams[0]))
	if people < 100_000 {
		t.Fatalf("only %d people", people)
	}
	dir := t.TempDir()
	l := s.sync(filepath.Join(dir, "small.db"), kinds)
	const what = "1 workspace, 100,000 people: "
	exactly(t, what+"users.list", l.by["users.list"], pages(people), "")
	exactly(t, what+"usergroups.list", l.by["usergroups.list"], 1, "")
	atMost(t, what+"other calls", l.others(), 5, "")
	told(what+"sync", l.seconds, "s")
	told(what+"peak memory", l.peak, "MiB")
	if l.number(t, "accounts") != people {
		t.Errorf("%d people\n%s", people, l.summary)
	}
	million(t, s, filepath.Join(dir, "large.db"), people)
}

// mostMemory is the promise, in MiB.
const mostMemory = 256.0

// million: the same workspace with 1,000,000 memberships of user groups, and its
// channels on top.
func million(t *testing.T, s *sim, file string, people int) {
	t.Helper()
	filled := s.fill(1_000_000)
	first := s.sync(file)
	what := fmt.Sprintf("100,000 accounts, %.2f million memberships: ", float64(first.number(t, "memberships"))/1e6)
	atMost(t, what+"peak memory, first sync", first.peak, mostMemory, "MiB")
	told(what+"first sync", first.seconds, "s")
	told(what+"rows written", first.number(t, "rows written"), "")
	if first.number(t, "accounts") != people || first.number(t, "memberships") < filled+people {
		t.Errorf("%s", first.summary)
	}
	before := digest(t, file)
	watchWrites(t, file)
	second := s.sync(file)
	atMost(t, what+"peak memory, second sync", second.peak, mostMemory, "MiB")
	told(what+"second sync, nothing changed", second.seconds, "s")
	exactly(t, what+"rows written, second sync, says Ebb", second.number(t, "rows written"), 0, "")
	exactly(t, what+"rows written, second sync, says SQLite", writes(t, file), 0, "")
	if after := digest(t, file); after != before {
		t.Errorf("the directory is another one: %s, and it was %s", after, before)
	}
	if first.calls != second.calls {
		t.Errorf("%d calls, and the first sync made %d", second.calls, first.calls)
	}
}
