package reporting

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slackexport/exporttest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// readAt is when every report of a test is read.
var readAt = time.Date(2026, 11, 3, 9, 30, 0, 0, time.UTC)

// clerk runs the command as somebody at a terminal would.
type clerk struct {
	t     *testing.T
	dir   string
	in    string
	said  string // progress
	slept time.Duration
	now   time.Time
}

func newClerk(t *testing.T) *clerk {
	return &clerk{t: t, dir: filepath.Join(t.TempDir(), "report"), now: readAt}
}

func (c *clerk) run(r Report) (string, error) {
	c.t.Helper()
	if r.InactiveDays == 0 {
		r.InactiveDays = 90
	}
	if r.Out == "" {
		r.Out = c.dir
	}
	var out, progress bytes.Buffer
	err := r.make(c.t.Context(), desk{
		in: strings.NewReader(c.in), out: &out, progress: &progress, now: func() time.Time { return c.now },
		wait: func(_ context.Context, d time.Duration) error {
			c.slept += d
			c.now = c.now.Add(d)
			return nil
		},
	})
	c.said = progress.String()
	return out.String(), err
}

func (c *clerk) must(r Report) string {
	c.t.Helper()
	out, err := c.run(r)
	if err != nil {
		c.t.Fatalf("%v\n%s", err, c.said)
	}
	return out
}

// files are what was written, by name.
func (c *clerk) files() map[string]string {
	c.t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(c.dir, e.Name()))
		if err != nil {
			c.t.Fatal(err)
		}
		out[e.Name()] = string(raw)
	}
	return out
}

func file(t *testing.T, name string, body []byte) string {
	t.Helper()
	at := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(at, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return at
}

// golden holds files against testdata, and their names, too.
func golden(t *testing.T, folder string, got map[string]string) {
	t.Helper()
	dir := filepath.Join("testdata", folder)
	if *update {
		_ = os.RemoveAll(dir)
		_ = os.MkdirAll(dir, 0o755)
		for name, body := range got {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatalf("%v; -update writes it", err)
	}
	for _, e := range entries {
		want, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if body, there := got[e.Name()]; !there {
			t.Errorf("%s is missing", e.Name())
		} else if body != string(want) {
			t.Errorf("%s differs from %s; look at it, and -update writes it anew:\n%s", e.Name(), dir, body)
		}
		delete(got, e.Name())
	}
	for name := range got {
		t.Errorf("%s is not in %s", name, dir)
	}
}

func TestAnExportBecomesAPageAndSheets(t *testing.T) {
	c := newClerk(t)
	said := c.must(Report{Export: file(t, "company.zip", exporttest.Company().Zip())})
	files := c.files()
	files["summary.txt"] = strings.ReplaceAll(said, c.dir, "DIR")
	golden(t, "export", files)
}

// The same export gives the same bytes, from the zip and from its folder, but for
// the source's name and, of a folder, its date.
func TestTheSameExportGivesTheSameBytes(t *testing.T) {
	zip := file(t, "company.zip", exporttest.Company().Zip())
	one, two, three := newClerk(t), newClerk(t), newClerk(t)
	one.must(Report{Export: zip})
	two.must(Report{Export: zip})
	folder := filepath.Join(t.TempDir(), "company.zip")
	for name, body := range exporttest.Company() {
		at := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(at, exporttest.Made, exporttest.Made); err != nil {
			t.Fatal(err)
		}
	}
	three.must(Report{Export: folder})
	for name, body := range one.files() {
		if two.files()[name] != body {
			t.Errorf("%s differs a second time", name)
		}
		if three.files()[name] != body {
			t.Errorf("%s differs from the folder", name)
		}
	}
}

func TestOnlyItsOwnFolderIsWrittenTo(t *testing.T) {
	c := newClerk(t)
	zip := file(t, "company.zip", exporttest.Company().Zip())
	c.must(Report{Export: zip})
	// An earlier report is written anew, and what the new one lacks goes.
	small := exporttest.Company()
	delete(small, "groups.json")
	delete(small, "integration_logs.json")
	c.must(Report{Export: file(t, "small.zip", small.Zip())})
	for _, name := range []string{"private-channels.csv", "apps.csv"} {
		if _, there := c.files()[name]; there {
			t.Errorf("%s of the earlier report stayed", name)
		}
	}
	info, err := os.Stat(filepath.Join(c.dir, pageName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the page: %v %v", info.Mode(), err)
	}
	other := filepath.Dir(zip)
	_, err = c.run(Report{Export: zip, Out: other})
	wants(t, err, fault.Invalid, "holds other files")
	_, err = c.run(Report{Export: zip, Out: zip})
	wants(t, err, fault.Invalid, "no folder")
}

func TestASourceIsNamed(t *testing.T) {
	_, err := newClerk(t).run(Report{})
	wants(t, err, fault.Invalid, "--export", "--token-file", "--example")
	_, err = newClerk(t).run(Report{Export: filepath.Join(t.TempDir(), "nothing.zip")})
	wants(t, err, fault.Invalid, "there is no file")
}

func TestTheExampleNeedsNothing(t *testing.T) {
	c := newClerk(t)
	said := c.must(Report{Example: true, SlackAPIURL: "https://nowhere.invalid/"})
	if !strings.Contains(said, "Umbra HQ") || !strings.Contains(c.files()[pageName], "Admins and owners") {
		t.Error(said)
	}
}

func wants(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("got %v, want %s", err, kind)
	}
	for _, w := range words {
		if !strings.Contains(fault.TextOf(err), w) {
			t.Errorf("%q does not say %q", fault.TextOf(err), w)
		}
	}
}
