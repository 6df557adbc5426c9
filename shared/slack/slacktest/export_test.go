package slacktest

import (
	"archive/zip"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var exportFiles = map[string]string{
	"users.json": `[
		{"id":"U1OWNER","name":"olga","real_name":"Olga Novak","is_admin":true,"is_owner":true,"is_primary_owner":true,"profile":{"email":"olga@umbra.example"}},
		{"id":"U2ADA","name":"ada","profile":{"real_name":"Ada King","email":"ada@umbra.example"}},
		{"id":"U3GONE","name":"gone","deleted":true,"profile":{}},
		{"id":"U4GUEST","name":"guest","is_restricted":true,"profile":{}},
		{"id":"USLACKBOT","name":"slackbot","profile":{}}]`,
	"channels.json": `[
		{"id":"C1GEN","name":"general","is_general":true,"creator":"U1OWNER","members":["U1OWNER","U2ADA"]},
		{"id":"C2OLD","name":"old","is_archived":true,"members":["U2ADA","U9OUTSIDE"],"purpose":{"value":"was"}}]`,
	"groups.json":             `[{"id":"G1SECRET","name":"secret","members":["U2ADA"]}]`,
	"general/2026-11-01.json": `this is not JSON and must not be opened`,
}

func writeExport(t *testing.T, files map[string]string) string {
	dir := t.TempDir()
	for name, body := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func zipped(t *testing.T, files map[string]string) string {
	path := filepath.Join(t.TempDir(), "export.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for _, name := range sortedKeys(files) {
		w, _ := z.Create(name)
		_, _ = w.Write([]byte(files[name]))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnExportFillsAWorkspace(t *testing.T) {
	for _, path := range []string{writeExport(t, exportFiles), zipped(t, exportFiles)} {
		s := newStage(t, Options{})
		org, err := NewFromExport(s.org.opt, path)
		if err != nil {
			t.Fatal(err)
		}
		s.org = org
		s.serve()
		team := org.TeamIDs()[0]
		if org.PrimaryOwner(team) != "U1OWNER" || org.General(team) != "C1GEN" || s.ok("auth.test")["user_id"] != "U1OWNER" {
			t.Error(org.PrimaryOwner(team), org.General(team))
		}
		ids, _ := s.pages("users.list", "members", 100)
		same(t, "users", ids, []string{"U1OWNER", "U2ADA", "U3GONE", "U4GUEST", USLACKBOT, org.BotUser(team)})
		same(t, "general", org.ChannelMembers("C1GEN"), []string{"U1OWNER", "U2ADA"})
		same(t, "old", org.ChannelMembers("C2OLD"), []string{"U2ADA"})
		if c := org.Channel("G1SECRET"); !c.Private || !org.User("U3GONE").Deleted || !org.User("U4GUEST").Restricted {
			t.Errorf("%+v", c)
		}
		if got := at(s.ok("users.lookupByEmail", "email", "ada@umbra.example"), "user", "real_name"); got != "Ada King" {
			t.Error(got)
		}
		if len(org.Groups()) != 0 {
			t.Error("exports hold no user groups")
		}
	}
}

func TestABrokenExportNamesItsFile(t *testing.T) {
	for _, c := range []struct{ file, body, want string }{
		{"users.json", `{"id":"U1"}`, "users.json"},
		{"channels.json", `[{"id":`, "channels.json"},
		{"groups.json", `[{"name":"no id"}]`, "groups.json: entry 1 has no id"},
		{"users.json", `[{"id":"U1"},{"id":"U1"}]`, "users.json: entry 2 repeats U1"},
		{"users.json", "", "users.json"},
	} {
		files := maps.Clone(exportFiles)
		files[c.file] = c.body
		if c.body == "" {
			delete(files, c.file)
		}
		org, err := NewFromExport(Options{}, writeExport(t, files))
		if org != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.want, err)
		}
	}
	if _, err := NewFromExport(Options{}, filepath.Join(t.TempDir(), "nothing.zip")); err == nil {
		t.Error("a missing export was loaded")
	}
	files := maps.Clone(exportFiles)
	delete(files, "groups.json")
	if _, err := NewFromExport(Options{}, writeExport(t, files)); err != nil {
		t.Error("an export without private channels:", err)
	}
}
