package slacktest

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// FuzzExport loads anything as an export, as a folder and as a zip file that
// holds the same. Nothing panics; both load or both are refused; an error names
// a file; what loads is an organization whose channels hold only people who are
// there, and which can be saved and loaded again.
func FuzzExport(f *testing.F) {
	f.Add([]byte(exportFiles["users.json"]), []byte(exportFiles["channels.json"]), []byte(exportFiles["groups.json"]))
	f.Add([]byte(`[]`), []byte(`[]`), []byte(nil))
	f.Add([]byte(`[{"id":"U1","is_primary_owner":true},{"id":"U2","is_primary_owner":true}]`), []byte(`[{"id":"C1","is_general":true},{"id":"C2","is_general":true}]`), []byte(`null`))
	f.Add([]byte(`[{"id":"USLACKBOT"},null]`), []byte(`[{"id":"C1","members":["U1","U1"]}]`), []byte(`[{"id":"G1","members":null,"is_general":true}]`))
	f.Fuzz(func(t *testing.T, users, channels, groups []byte) {
		folder, packed := fstest.MapFS{}, &bytes.Buffer{}
		z := zip.NewWriter(packed)
		for i, body := range [][]byte{users, channels, groups} {
			if body == nil {
				continue
			}
			name := []string{"users.json", "channels.json", "groups.json"}[i]
			folder[name] = &fstest.MapFile{Data: body}
			w, err := z.Create(name)
			keep(t, err)
			_, err = w.Write(body)
			keep(t, err)
		}
		keep(t, z.Close())
		archive, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
		keep(t, err)

		org, err := fromFolder(Options{}, folder)
		again, zerr := fromFolder(Options{}, archive)
		if (err == nil) != (zerr == nil) || (err == nil) != (org != nil) || (zerr == nil) != (again != nil) {
			t.Fatalf("as a folder: %v; as a zip file: %v", err, zerr)
		}
		if err != nil {
			if !strings.Contains(err.Error(), ".json: ") {
				t.Errorf("the error names no file: %v", err)
			}
			return
		}
		whole(t, org)
	})
}

// FuzzZip loads anything as an export's zip file.
func FuzzZip(f *testing.F) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range sortedKeys(exportFiles) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(exportFiles[name]))
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:b.Len()/2])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return
		}
		org, err := fromFolder(Options{}, archive)
		if (err == nil) != (org != nil) {
			t.Fatalf("%v and %v", org, err)
		}
		if err == nil {
			whole(t, org)
		}
	})
}

func keep(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// whole holds an organization that was loaded against what every other is.
func whole(t *testing.T, o *Org) {
	t.Helper()
	team := o.TeamIDs()[0]
	if o.users[o.PrimaryOwner(team)] == nil {
		t.Errorf("the primary owner %q is nobody", o.PrimaryOwner(team))
	}
	for _, id := range sortedKeys(o.channels) {
		c := o.channels[id]
		if slices.ContainsFunc(c.members.ids(), func(u string) bool { return o.users[u] == nil }) {
			t.Errorf("channel %q has members who are nobody: %q", id, c.members.ids())
		}
		if !o.home().channels.has(id) {
			t.Errorf("channel %q is in no workspace", id)
		}
	}
	for _, id := range sortedKeys(o.users) {
		if !o.home().users.has(id) {
			t.Errorf("user %q is in no workspace", id)
		}
	}
	if g := o.General(team); g != "" && (o.channels[g] == nil || !o.channels[g].General) {
		t.Errorf("#general is %q", g)
	}
	var saved, twice bytes.Buffer
	keep(t, o.Save(&saved))
	next, err := Load(Options{}, bytes.NewReader(saved.Bytes()))
	keep(t, err)
	keep(t, next.Save(&twice))
	if !bytes.Equal(saved.Bytes(), twice.Bytes()) {
		t.Errorf("saved, loaded and saved again it is another one:\n%s\n%s", saved.Bytes(), twice.Bytes())
	}
}
