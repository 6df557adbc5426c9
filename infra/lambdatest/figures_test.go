package lambdatest_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/ebb-access/ebb/infra/lambdatest"
	"github.com/ebb-access/ebb/shared/config/names"
)

// rounds is how many processes of each function are started, in turn, so that
// what else this machine does falls on all of them.
const rounds = 15

// How many times as long as the empty function one works from its start to its
// first answer: the goal, and what fails. Work is processor time: the time on the
// clock is shown, too, and holds the waiting for DynamoDB Local and for other
// processes. The SDK's own beginning takes most of what the goal leaves.
const (
	goalTimes = 2
	mostTimes = 3
)

// figures of one function.
type figures struct {
	zip, peak                     int64 // bytes
	start, first, worked, answers []time.Duration
}

// TestFigures is the part of `make bench` about functions: process start to
// first answer, warm answers and peak memory, beside an empty function in the
// same run. Each is asked what it would be asked on an empty house: the first
// answer takes a call of DynamoDB, too, but for api, which has no key to look up.
func TestFigures(t *testing.T) {
	if os.Getenv("EBB_BENCH") == "" {
		t.Skip("SKIP: `make bench` measures this")
	}
	dir, env := filepath.Join(built(t), runtime.GOARCH), table(t)
	empty := buildEmpty(t)
	all := map[string]*figures{"empty": {zip: zipped(t, buildEmptyFor(t, "arm64"))}}
	commands := map[string]string{"empty": empty}
	for _, name := range names.Functions {
		info, err := os.Stat(filepath.Join(built(t), name+".zip"))
		if err != nil {
			t.Fatal(err)
		}
		all[name], commands[name] = &figures{zip: info.Size()}, filepath.Join(dir, name, "bootstrap")
	}
	for range rounds {
		for name, f := range all {
			f.measure(t, name, commands[name], env)
		}
	}
	report(all)
	for _, name := range names.Functions {
		switch ratio := least(all[name].worked).Seconds() / least(all["empty"].worked).Seconds(); {
		case ratio > mostTimes:
			t.Errorf("%s works %.1f times as long as the empty function from its start to its first answer; the limit is %d", name, ratio, mostTimes)
		case ratio > goalTimes:
			fmt.Printf("over the goal of %d: %s, %.1f times\n", goalTimes, name, ratio)
		}
	}
}

// measure starts one process and asks it five times.
func (f *figures) measure(t *testing.T, name, command string, env []string) {
	t.Helper()
	payload := `{}`
	if q, ok := asked[name]; ok {
		payload = q.payload
	}
	if name == names.Grant {
		payload = `{"grantId":"g_1"}`
	}
	pid := 0
	fn := &lambdatest.Function{
		Name: name, Command: []string{command}, Env: env, Timeout: time.Minute,
		Begun: func(p *os.Process) time.Duration { pid = p.Pid; return 0 },
	}
	defer fn.Close()
	for i := range 5 {
		r, err := fn.Invoke(t.Context(), []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			f.start, f.first = append(f.start, r.Start), append(f.first, r.Start+r.Took)
			f.worked = append(f.worked, worked(t, pid))
		} else {
			f.answers = append(f.answers, r.Took)
		}
	}
	f.peak = max(f.peak, peak(t, pid))
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak is the most memory that a process has held so far.
func peak(t *testing.T, pid int) int64 {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0 // no Linux
	}
	m := highWater.FindSubmatch(raw)
	if m == nil {
		return 0
	}
	kb, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb * 1024
}

// worked is the processor time that a process has had so far, in all threads.
func worked(t *testing.T, pid int) time.Duration {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, path := range threads {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		var ns int64
		if _, err := fmt.Sscan(string(raw), &ns); err != nil {
			t.Fatal(err)
		}
		sum += ns
	}
	return time.Duration(sum)
}

// middle of all is for what has no least that means anything.
func middle(all []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

// least is the figure that the rest of the machine disturbed the least.
func least(all []time.Duration) time.Duration { return slices.Min(all) }

func (f *figures) cold() time.Duration { return least(f.first) }

func report(all map[string]*figures) {
	fmt.Printf("\n%s/%s, %d cores, %s; the least of %d processes, of warm answers the median; in brackets: times the empty function's\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), rounds)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "FUNCTION\tZIP (arm64)\tSTART\tFIRST ANSWER\tWORKED FOR IT\tWARM ANSWER\tPEAK MEMORY")
	e := all["empty"]
	for _, name := range append([]string{"empty"}, names.Functions...) {
		f := all[name]
		ms := func(a, b time.Duration) string {
			return fmt.Sprintf("%.1f ms (%.1f)", float64(a.Microseconds())/1000, float64(a)/float64(b))
		}
		mb := func(a, b int64) string {
			return fmt.Sprintf("%.2f MB (%.1f)", float64(a)/(1<<20), float64(a)/float64(b))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, mb(f.zip, e.zip), ms(least(f.start), least(e.start)), ms(f.cold(), e.cold()), ms(least(f.worked), least(e.worked)), ms(middle(f.answers), middle(e.answers)), mb(f.peak, e.peak))
	}
	_ = w.Flush()
}

func buildEmpty(t *testing.T) string { return buildEmptyFor(t, runtime.GOARCH) }

// buildEmptyFor builds the empty function as infra/pack builds the others.
func buildEmptyFor(t *testing.T, arch string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), arch)
	cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", to, "./empty")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return to
}

func zipped(t *testing.T, path string) int64 {
	t.Helper()
	code, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	entry, err := w.Create("bootstrap")
	if err == nil {
		_, err = entry.Write(code)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return int64(out.Len())
}
