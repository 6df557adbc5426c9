package slackexport

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/report"
	"github.com/ebb-access/ebb/shared/slackexport/exporttest"
)

var readAt = time.Date(2026, 11, 3, 9, 30, 0, 0, time.UTC)

func read(t *testing.T, name string, body []byte) (report.Picture, error) {
	t.Helper()
	at := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(at, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(at, readAt)
}

func must(t *testing.T, files exporttest.Files) report.Picture {
	t.Helper()
	p, err := read(t, "export.zip", files.Zip())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func account(t *testing.T, p report.Picture, id string) report.Account {
	t.Helper()
	i := slices.IndexFunc(p.Accounts, func(a report.Account) bool { return a.ID == id })
	if i < 0 {
		t.Fatalf("no account %s", id)
	}
	return p.Accounts[i]
}

func TestEachKindOfAccountIsKnown(t *testing.T) {
	p := must(t, exporttest.Company())
	for id, want := range map[string]struct {
		kind   directory.AccountKind
		state  directory.AccountState
		role   directory.WorkspaceRole
		factor report.Answer
	}{
		"U01OLGA":   {directory.Human, directory.Active, directory.PrimaryOwner, report.Yes},
		"U02ADA":    {directory.Human, directory.Active, directory.Admin, report.No},
		"U05GONE":   {directory.Human, directory.Deactivated, directory.Member, ""},
		"U06ONE":    {directory.SingleChannelGuest, directory.Active, directory.Member, report.No},
		"U07MANY":   {directory.MultiChannelGuest, directory.Active, directory.Member, report.Yes},
		"U08NEW":    {directory.Human, directory.Invited, directory.Member, ""},
		"U09BOT":    {directory.Bot, directory.Active, directory.Member, ""},
		"USLACKBOT": {directory.Bot, directory.Active, directory.Member, ""},
		"U10EXT":    {directory.External, directory.Active, "", ""},
	} {
		a := account(t, p, id)
		if a.Kind != want.kind || a.State != want.state || a.Roles["T1HOME"] != want.role || a.SecondFactor != want.factor {
			t.Errorf("%s: %s, %s, %v, %q", id, a.Kind, a.State, a.Roles, a.SecondFactor)
		}
	}
	if a := account(t, p, "U01OLGA"); a.Name != "Olga Novak" || a.Handle != "olga" || a.Email != "olga@umbra.example" || a.Changed.Unix() != 1790000000 {
		t.Errorf("%+v", a)
	}
}

func TestChannelsAndAppsAreRead(t *testing.T) {
	p := must(t, exporttest.Company())
	rooms := map[string]report.Channel{}
	for _, c := range p.Channels {
		rooms[c.Name] = c
	}
	if c := rooms["general"]; !c.General || c.Private || c.Count != 6 || !c.Counted || c.LastDay != "2026-11-01" || c.Created.Unix() != 1650000000 {
		t.Errorf("%+v", c)
	}
	if c := rooms["deal"]; !c.Private || c.Creator != "U05GONE" || c.LastDay != "" || len(c.Members) != 3 {
		t.Errorf("%+v", c)
	}
	if c := rooms["with-acme"]; !c.Shared || c.Foreign != 1 {
		t.Errorf("%+v", c)
	}
	if c := rooms["empty"]; !c.Counted || c.Count != 0 || c.Members == nil {
		t.Errorf("nobody is in it, and that was told: %+v", c)
	}
	if !rooms["old"].Archived {
		t.Error("an archived channel is not")
	}
	if len(p.Apps) != 3 || p.Apps[2].Name != "Old Hook" || p.Apps[2].ID != "12" || p.Apps[0].At.Unix() != 1760000000 {
		t.Errorf("%+v", p.Apps)
	}
	if p.Directs != 2 || !p.Source.Whole || !p.Source.Dated.Equal(exporttest.Made) || !p.Source.Read.Equal(readAt) || p.Source.Name != "export.zip" {
		t.Errorf("%d, %+v", p.Directs, p.Source)
	}
}

// What an export does not hold is a gap, and never an absence.
func TestWhatIsNotInTheExportIsAGap(t *testing.T) {
	small := exporttest.Company()
	for name := range small {
		if name != "users.json" && name != "channels.json" {
			delete(small, name)
		}
	}
	small["users.json"] = `[{"id":"U1","name":"one","profile":null}]`
	small["channels.json"] = `[{"id":"C1","name":"general"}]`
	p := must(t, small)
	for _, part := range []report.Part{
		report.Activity, report.Groups, report.Strangers, report.Shared, report.Emails, report.Factors, report.Private, report.Apps, report.Days,
	} {
		if p.Gaps[part] == "" {
			t.Errorf("no word of the %s", part)
		}
	}
	if p.Source.Whole || p.Channels[0].Counted {
		t.Errorf("%+v", p)
	}
	full := must(t, exporttest.Company())
	if want := []report.Part{report.Activity, report.Groups}; !slices.Equal(slices.Sorted(maps.Keys(full.Gaps)), want) {
		t.Errorf("%v", full.Gaps)
	}
}

// Nothing but the lists is opened: what is asked of the zip says so.
func TestOnlyTheListsAreOpened(t *testing.T) {
	raw := exporttest.Company().Zip()
	watch := &watched{Reader: bytes.NewReader(raw)}
	a, err := openZip(watch, int64(len(raw)), "export.zip")
	if err != nil {
		t.Fatal(err)
	}
	a.close = func() error { return nil }
	if _, err := a.picture("export.zip", readAt); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	messages := 0
	for _, e := range z.File {
		at, err := e.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		read := watch.has(at, at+int64(e.CompressedSize64))
		if read != isWanted(e.Name) && e.Name != "org_users.json" {
			t.Errorf("%s: opened %v", e.Name, read)
		}
		messages += count(strings.Contains(e.Name, "/"))
	}
	if messages < 5 {
		t.Error("the export has no messages to leave alone")
	}
}

// watched remembers what was read of a file. The end of a zip, its directory, is
// read always and holds no file.
type watched struct {
	*bytes.Reader
	spans [][2]int64
}

func (w *watched) ReadAt(p []byte, off int64) (int, error) {
	n, err := w.Reader.ReadAt(p, off)
	if len(p) != 1<<10 { // zip looks for its directory in a block at the end
		w.spans = append(w.spans, [2]int64{off, off + int64(n)})
	}
	return n, err
}

func (w *watched) has(from, to int64) bool {
	return slices.ContainsFunc(w.spans, func(s [2]int64) bool { return s[0] <= from && to <= s[1] && s[1]-s[0] < 4<<10 && s[0] == from })
}

func TestAnExportThatWasPackedAgain(t *testing.T) {
	plain := must(t, exporttest.Company())
	for _, into := range []string{"Umbra Slack export/", `Umbra\`} {
		again := exporttest.Files{"__MACOSX/._users.json": "x"}
		for name, body := range exporttest.Company() {
			if into == `Umbra\` {
				name = strings.ReplaceAll(name, "/", `\`)
			}
			again[into+name] = body
		}
		p := must(t, again)
		if len(p.Accounts) != len(plain.Accounts) || len(p.Channels) != len(plain.Channels) || p.Channels[0].LastDay != plain.Channels[0].LastDay {
			t.Errorf("%q: %d accounts, %d channels, %q", into, len(p.Accounts), len(p.Channels), p.Channels[0].LastDay)
		}
	}
	organization := exporttest.Company()
	organization["org_users.json"] = organization["users.json"]
	delete(organization, "users.json")
	if p := must(t, organization); len(p.Accounts) != len(plain.Accounts) {
		t.Error("an organization's list of people is not read")
	}
}

func with(name, body string) exporttest.Files {
	f := exporttest.Company()
	if body == "" {
		delete(f, name)
	} else {
		f[name] = body
	}
	return f
}

// Each wrong file is told for what it is, and what to do.
func TestWrongFilesSayWhatToDo(t *testing.T) {
	whole := exporttest.Company().Zip()
	damaged := bytes.Clone(whole)
	at := bytes.Index(damaged, []byte("users.json")) + 100
	damaged[at] ^= 0xff
	for _, c := range []struct {
		what string
		body []byte
		says []string
	}{
		{"empty", nil, []string{"is empty", "Import/Export"}},
		{"empty zip", exporttest.Files{}.Zip(), []string{"nothing in it"}},
		{"truncated", whole[:len(whole)*2/3], []string{"broke off", "download"}},
		{"page", []byte("<!DOCTYPE html><title>Sign in"), []string{"web page", "sign in"}},
		{"json", []byte(`[{"id":"U1"}]`), []string{"JSON", "whole zip"}},
		{"gzip", []byte{0x1f, 0x8b, 8, 0}, []string{"not as a zip"}},
		{"text", []byte("hello"), []string{"is no zip"}},
		{"discord", exporttest.Files{"account/user.json": "{}", "messages/index.json": "{}", "servers/index.json": "{}"}.Zip(), []string{"Discord", "Slack's export"}},
		{"other", exporttest.Files{"readme.md": "x"}.Zip(), []string{"no users.json"}},
		{"office", exporttest.Files{"xl/workbook.xml": "x"}.Zip(), []string{"office document"}},
		{"zips", exporttest.Files{"one.zip": "x", "two.zip": "x"}.Zip(), []string{"other zips", "unpack"}},
		{"one person", exporttest.Files{"channels/general/2026.txt": "x"}.Zip(), []string{"one person"}},
		{"no channels", with("channels.json", "").Zip(), []string{"not channels.json", "no whole export"}},
		{"no people", with("users.json", "").Zip(), []string{"no users.json"}},
		{"damaged", damaged, []string{"users.json", "download"}},
		{"leads out", with("../users.json", "[]").Zip(), []string{"leads out"}},
		{"leads out behind a backslash", with(`..\..\x.json`, "[]").Zip(), []string{"leads out"}},
		{"absolute", with("/etc/passwd", "x").Zip(), []string{"leads out"}},
		{"empty list", with("users.json", " ").Zip(), []string{"users.json", "is empty"}},
		{"object", with("users.json", `{"ok":true}`).Zip(), []string{"users.json", "no list"}},
		{"broken", with("channels.json", `[{"id":"C1"},{"id":`).Zip(), []string{"channels.json", "entry 2", "breaks off"}},
		{"no JSON", with("channels.json", `[{"id":"C1"} oops]`).Zip(), []string{"channels.json", "JSON"}},
		{"typed", with("groups.json", `[{"id":{"secret":1}}]`).Zip(), []string{"groups.json", "entry 1", "(id)"}},
		{"no id", with("groups.json", `[{"name":"x"}]`).Zip(), []string{"groups.json", "entry 1", "no id"}},
		{"twice", with("groups.json", `[{"id":"C01GEN"}]`).Zip(), []string{"groups.json", "repeats C01GEN of channels.json"}},
	} {
		_, err := read(t, "export.zip", c.body)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		for _, w := range c.says {
			if !strings.Contains(fault.TextOf(err), w) {
				t.Errorf("%s: %q does not say %q", c.what, fault.TextOf(err), w)
			}
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: what stands in the file is told: %v", c.what, err)
		}
	}
	if _, err := Read(t.TempDir(), readAt); !strings.Contains(fault.TextOf(err), "no users.json") {
		t.Error("an empty folder:", err)
	}
}

// header makes a zip of one file whose header is bent.
func header(t *testing.T, bend func(*zip.FileHeader)) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range []string{"users.json", "channels.json"} {
		h := &zip.FileHeader{Name: name, Method: zip.Store}
		if name == "users.json" {
			bend(h)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, "[]")
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTricksOfZips(t *testing.T) {
	for want, bend := range map[string]func(*zip.FileHeader){
		"password": func(h *zip.FileHeader) { h.Flags |= 1 },
		"no file":  func(h *zip.FileHeader) { h.SetMode(os.ModeSymlink | 0o777) },
		"twice":    func(h *zip.FileHeader) { h.Name = "channels.json" },
	} {
		_, err := read(t, "export.zip", header(t, bend))
		if !strings.Contains(fault.TextOf(err), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	// A zip says that it holds millions of files: no room is made for them.
	raw := exporttest.Company().Zip()
	end := bytes.LastIndex(raw, []byte("PK\x05\x06"))
	many := append(bytes.Clone(raw[:end]), append(make([]byte, 56), append([]byte("PK\x06\x07"), make([]byte, 16)...)...)...)
	copy(many[end:], "PK\x06\x06")
	many[end+32+3] = 0xff // 4 thousand million of them
	at := end + 56 + 8
	for i := range 8 {
		many[at+i] = byte(uint64(end) >> (8 * i))
	}
	tail := bytes.Clone(raw[end:])
	tail[10], tail[11] = 0xff, 0xff
	_, err := read(t, "export.zip", append(many, tail...))
	if !strings.Contains(fault.TextOf(err), "more than any export") {
		t.Error(err)
	}
}

// endless gives one item that never ends.
type endless struct{ begun bool }

func (e *endless) Read(p []byte) (int, error) {
	if !e.begun {
		e.begun = true
		return copy(p, `[{"id":"`), nil
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func (*endless) Close() error { return nil }

// spring gives small items without end.
type spring struct{ n int64 }

func (s *spring) Read(p []byte) (int, error) {
	const item = `{"a":1},`
	if s.n == 0 {
		s.n++
		return copy(p, "["), nil
	}
	for i := range p {
		p[i] = item[(s.n-1)%int64(len(item))]
		s.n++
	}
	return len(p), nil
}

func (*spring) Close() error { return nil }

// Bombs end at a limit, whatever the zip said of their size.
func TestBombsEnd(t *testing.T) {
	bomb := func(l list) error {
		a := &archive{lists: map[string]list{"users.json": l}}
		return each(a, "users.json", func(struct{}) error { return nil })
	}
	err := bomb(list{open: func() (io.ReadCloser, error) { return &endless{}, nil }})
	if !strings.Contains(fault.TextOf(err), "larger than any workspace") {
		t.Error("one item without end:", err)
	}
	err = bomb(list{open: func() (io.ReadCloser, error) { return &spring{}, nil }})
	if !strings.Contains(fault.TextOf(err), "more than 2000000 entries") {
		t.Error("items without end:", err)
	}
}
