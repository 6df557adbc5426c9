package glance

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// kept is a file with what is given in it.
func kept(t *testing.T, b directory.Batch) *stranger {
	t.Helper()
	file := filepath.Join(t.TempDir(), "look.db")
	table, err := sqlite.Open(file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	st := store.New(table, store.Options{})
	c := connector.Connector{ID: "c1", Name: "Slack", Label: connector.Connected}
	if _, err := st.SaveConnector(t.Context(), c, audit.Event{Aggregate: "connector/c1", Action: "connector.added", Actor: "test"}); err != nil {
		t.Fatal(err)
	}
	if err := st.Put(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	return &stranger{t: t, file: file}
}

// Names that would be a formula, break a line, a cell, or the terminal.
var nasty = []string{
	"=1+1", "+49", "-1", "@here", "\t=1", "\r=1", "\n=1", "＝1", `=HYPERLINK("https://x.example","Ada, \"B\"")`,
	"a,b;\"c\"", "two\nlines", "red \x1b[31m", "c1 \u009b31m", "turned \u202eback", "<b>&amp;", "", "日本語 🙂", "'quoted",
}

func nastyAccounts() (b directory.Batch) {
	for i, n := range nasty {
		b.Accounts = append(b.Accounts, directory.Account{
			ID: "U" + string(rune('A'+i)), Connector: "c1", Kind: directory.Human, State: directory.Active, Name: n, Email: "a@x.example",
			Roles: map[string]directory.WorkspaceRole{"T1": directory.Member},
		})
	}
	return b
}

func TestJSONHoldsWhatIsThere(t *testing.T) {
	s := kept(t, nastyAccounts())
	for i, row := range s.list("accounts") {
		if row["name"] != nasty[i] || row["two_factor"] != false || len(row["workspaces"].([]any)) != 1 {
			t.Errorf("%q became %v", nasty[i], row)
		}
	}
	if got := kept(t, directory.Batch{}).list("memberships"); got == nil || len(got) != 0 {
		t.Errorf("an empty listing is %v", got)
	}
}

func TestCSVIsTame(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(kept(t, nastyAccounts()).print("accounts", "csv"))).ReadAll()
	if err != nil || len(rows) != len(nasty)+1 || !slices.Equal(rows[0], columns["accounts"]) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows[1:] {
		name := row[3]
		if name != "" && strings.ContainsAny(name[:1], "=+-@\t\r\n") || strings.HasPrefix(name, "＝") {
			t.Errorf("a spreadsheet takes %q for a formula", name)
		}
		// The reader of encoding/csv drops \r before \n only.
		if name != nasty[i] && name != "'"+nasty[i] {
			t.Errorf("%q became %q", nasty[i], name)
		}
	}
}

func TestTableStaysATable(t *testing.T) {
	out := kept(t, nastyAccounts()).print("accounts", "table")
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != len(nasty)+1 || strings.ContainsAny(out, "\x1b\r\t\u009b\u202e") {
		t.Errorf("%d lines: %q", len(lines), out)
	}
	for i, l := range lines[1:] {
		if !strings.HasPrefix(l, "U"+string(rune('A'+i))) {
			t.Errorf("line %d is %q", i, l)
		}
	}
}

// What was not read is empty, not zero.
func TestMembersThatWereNotRead(t *testing.T) {
	s := kept(t, directory.Batch{Resources: []directory.Resource{
		{ID: "C1", Connector: "c1", Kind: directory.Channel, Archived: true},
		{ID: "C2", Connector: "c1", Kind: directory.Channel, Private: true},
		{ID: "C3", Connector: "c1", Kind: directory.Channel},
		{ID: "S1", Connector: "c1", Kind: directory.UserGroup, Count: 2, Defaults: []string{"C9", "C3"}},
		{ID: "T1", Connector: "c1", Kind: directory.Workspace},
	}})
	want := []any{nil, nil, 0.0, 2.0, nil}
	for i, r := range s.list("resources") {
		if r["members"] != want[i] {
			t.Errorf("%v: members %v, want %v", r["id"], r["members"], want[i])
		}
	}
	if out := s.print("resources", "csv"); !strings.Contains(out, "S1,usergroup,,,,2,no,no,no,no,no,no,C3 C9,,c1\n") {
		t.Errorf("%s", out)
	}
}

func TestTheHighestRoleIsShown(t *testing.T) {
	b := directory.Batch{Accounts: []directory.Account{
		{ID: "U1", Connector: "c1", Roles: map[string]directory.WorkspaceRole{"T1": directory.Admin, "T2": directory.PrimaryOwner, "T3": directory.Member, "T4": directory.Owner}},
		{ID: "U2", Connector: "c1", Kind: directory.External},
	}}
	for range 5 { // maps have no order
		rows := kept(t, b).list("accounts")
		if rows[0]["role"] != "primary-owner" || rows[1]["role"] != "" || len(rows[1]["workspaces"].([]any)) != 0 {
			t.Errorf("%v", rows)
		}
	}
}

func TestTheFileIsMissing(t *testing.T) {
	err := (&List{What: "accounts", Data: filepath.Join(t.TempDir(), "x.db"), Format: "json"}).list(t.Context(), &bytes.Buffer{})
	wantError(t, err, fault.Invalid, "ebb sync")
}

func TestEachObjectIsALine(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(kept(t, nastyAccounts()).print("accounts", "json")), "\n") {
		if line = strings.TrimSuffix(line, ","); line == "[" || line == "]" {
			continue
		}
		if !json.Valid([]byte(line)) {
			t.Errorf("%s", line)
		}
	}
}
