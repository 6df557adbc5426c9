package bench

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/slackexport/exporttest"
)

// The report that a small company wants first takes a large one two minutes at
// most, and a small machine.
const (
	reportSeconds = 120.0
	reportMiB     = 512.0
)

// reported runs ebb report as a process of its own.
func reported(t *testing.T, in string, args ...string) (seconds, mib float64, out string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "report")
	cmd := exec.Command(ebb, append([]string{"report", "--quiet", "--out", dir}, args...)...)
	var said, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(in), &said, &errs
	began := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	seconds = time.Since(began).Seconds()
	page, err := os.Stat(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	told("  its page", float64(page.Size())/(1<<20), "MiB")
	return seconds, peak(cmd), said.String()
}

// With Slack's rate limits on: 20 listings of people a minute, and no call for each
// channel.
func TestAReportByToken(t *testing.T) {
	heavy(t)
	s := startSlack(t, "-people", "20000", "-channels", "2000", "-groups", "200", "-tiers", "slack")
	before := s.calls()
	seconds, mib, _ := reported(t, s.UserToken, "--token-file", "-", "--slack-api-url", s.API)
	atMost(t, "report by token, 20,000 accounts, 2,000 channels, Slack's rate limits", seconds, reportSeconds, "s")
	atMost(t, "  its memory", mib, reportMiB, "MiB")
	total := 0
	for _, n := range since(before, s.calls()) {
		total += n
	}
	atMost(t, "  its calls", total, 60, "")
}

// It comes last: whoever made a large zip is large, and with it the first figure of
// each process that it starts.
func TestAReportOfAnExport(t *testing.T) {
	heavy(t)
	for _, days := range []int{0, 365} {
		at := filepath.Join(t.TempDir(), "export.zip")
		f, err := os.Create(at)
		if err != nil {
			t.Fatal(err)
		}
		exporttest.Crowd(f, 20_000, 2_000, days)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		what := "report of an export, 20,000 accounts, 2,000 channels"
		if days > 0 {
			what += ", 730,000 files of messages"
		}
		seconds, mib, out := reported(t, "", "--export", at)
		if !strings.Contains(out, "17,000  members") {
			t.Errorf("%s", out)
		}
		atMost(t, what, seconds, reportSeconds, "s")
		atMost(t, "  its memory", mib, reportMiB, "MiB")
		_ = os.Remove(at)
	}
}
