package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/ebb-access/ebb/infra/ebb/local"
	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

const testPolicy = `
version: 1
rules:
  - id: oncall
    resources: {kind: usergroup, names: ["oncall"]}
    requesters: {anyone: true}
    max: 8h
    approve: {groups: ["@leads"]}
`

// desk is somebody's terminal beside a house that runs.
type desk struct {
	t     *testing.T
	dir   string
	house *local.House
	slack *slacktest.Org
	conn  string
	ids   map[string]string
}

// newDesk opens a house with ada, lin who leads, and two people called Sam.
func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir(), slack: slacktest.NewEmpty(slacktest.Options{Seed: 1}), ids: map[string]string{}}
	for handle, name := range map[string]string{"ada": "Ada Moreau", "lin": "Lin Okafor", "sam.a": "Sam Adeyemi", "sam.b": "Sam Becker", "joanna": "Joanna Diaz"} {
		d.ids[handle] = d.slack.AddUser(slacktest.User{Name: handle, RealName: name, Email: handle + "@example.com"})
	}
	d.slack.AddGroup(slacktest.Group{Handle: "oncall", Name: "On call", Members: []string{d.ids["sam.a"]}})
	d.slack.AddGroup(slacktest.Group{Handle: "leads", Name: "Leads", Members: []string{d.ids["lin"]}})
	sim := httptest.NewServer(d.slack)
	t.Cleanup(sim.Close)
	h, err := local.Open(d.dir, "http://house.test", local.Slack{APIURL: sim.URL + "/api/", Unpaced: true}, nil)
	d.ok(err)
	t.Cleanup(func() { d.ok(h.Close()) })
	d.house = h
	here := httptest.NewServer(local.Edges(h, true))
	t.Cleanup(here.Close)
	t.Setenv("EBB_URL", here.URL)
	t.Setenv("EBB_DIR", d.dir)
	for _, name := range []string{"EBB_KEY", "EBB_AS", "EBB_CONNECTOR"} {
		t.Setenv(name, "")
	}
	d.settle()
	return d
}

// settle gives the house a connector with a pasted token, people and keys.
func (d *desk) settle() {
	ctx := d.t.Context()
	root, err := d.house.FirstUser(ctx, "u_admin", "Administrator")
	d.ok(err)
	by := access.Actor{User: root}
	keys := map[string]string{}
	key := func(name string, u access.User) {
		k, _, err := d.house.CreateKey(ctx, access.Actor{User: u}, u.ID, name, false)
		d.ok(err)
		keys[name] = k
	}
	key("admin", root)
	c, err := d.house.AddConnector(ctx, by, "Umbra", nil)
	d.ok(err)
	d.conn = c.ID
	_, err = d.house.PasteToken(ctx, by, c.ID, d.slack.UserToken())
	d.ok(err)
	d.sync(ctx, by)
	for _, name := range []string{"ada", "lin"} {
		u, err := d.house.Bind(ctx, by, c.ID, d.ids[name], nil)
		d.ok(err)
		key(name, u)
	}
	raw, err := json.Marshal(keys)
	d.ok(err)
	d.ok(os.WriteFile(filepath.Join(d.dir, "keys.json"), raw, 0o600))
}

func (d *desk) sync(ctx context.Context, by access.Actor) {
	run, err := d.house.StartSync(ctx, by, d.conn, nil)
	for range 100 {
		d.ok(err)
		if run.State == connector.Done {
			return
		}
		run, err = d.house.SyncStep(ctx, run.ID)
	}
	d.t.Fatalf("the sync did not end: %+v", run)
}

func (d *desk) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// ebb runs one command line.
func (d *desk) ebb(args ...string) (string, error) {
	d.t.Helper()
	var tree struct{ ClientCommands }
	var out bytes.Buffer
	p, err := kong.New(&tree, kong.Writers(&out, &out), kong.Exit(func(int) {}))
	d.ok(err)
	k, err := p.Parse(args)
	if err == nil {
		err = k.Run()
	}
	return out.String(), err
}

// says runs a command line and wants words in what it prints.
func (d *desk) says(line string, words ...string) string {
	d.t.Helper()
	out, err := d.ebb(strings.Fields(line)...)
	if err != nil {
		d.t.Fatalf("ebb %s: %v", line, err)
	}
	for _, w := range words {
		if !strings.Contains(out, w) {
			d.t.Errorf("ebb %s does not say %q:\n%s", line, w, out)
		}
	}
	return out
}

// fails runs a command line and wants words in its error.
func (d *desk) fails(line string, words ...string) {
	d.t.Helper()
	out, err := d.ebb(strings.Fields(line)...)
	if err == nil {
		d.t.Fatalf("ebb %s did not fail:\n%s", line, out)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			d.t.Errorf("ebb %s does not say %q: %v", line, w, err)
		}
	}
}

// first is the id of the first thing that a command prints as JSON.
func (d *desk) first(line string) string {
	d.t.Helper()
	var list []struct{ ID string }
	if err := json.Unmarshal([]byte(d.says(line+" --format json")), &list); err != nil || len(list) == 0 {
		d.t.Fatalf("ebb %s: %v %+v", line, err, list)
	}
	return list[0].ID
}

// key is the key of a name in keys.json.
func (d *desk) key(name string) string {
	key, err := ClientFlags{Dir: d.dir, As: name}.key()
	d.ok(err)
	return key
}

// TestVerbs is the main job from the terminal.
func TestVerbs(t *testing.T) {
	d := newDesk(t)
	file := filepath.Join(d.dir, "policy.yaml")
	d.ok(os.WriteFile(file, []byte(testPolicy), 0o600))

	d.says("connectors", "Umbra", "Connected", "usergroup")
	d.says("policy check "+file, "ok, 1 rules", "warning")
	d.fails("request @oncall --for 1h --as ada", "no policy has been published")
	d.says("policy publish "+file, "Version 1 is in force")
	d.says("policy explain --what @oncall --for 2h --as ada", "Yes: Ada Moreau may have @oncall", "Lin Okafor")
	d.says("policy explain --who ada --what @oncall --for 9h", "No:", "at most 8h")
	d.fails("policy explain --who lin --what @oncall --for 1h --as ada", "about others")

	d.says("request @oncall --for 1h30m --why incident --as ada", "@oncall", "pending", "Ada Moreau", "1h 30m")
	d.says("requests --as ada", "@oncall")
	id := d.first("requests --open --as lin")
	d.says("requests --as lin", "you may decide")
	d.says("tasks --as lin", "@oncall for Ada Moreau", "incident", "ebb approve "+id)
	d.says("tasks --as ada", "Nothing waits for you")
	d.says("requests --as lin", "WHY", "incident", "at once")
	d.says("requests show "+id+" --as lin", "reason: incident", "waits for a decision")
	d.fails("approve "+id+" --as ada", "whoever asks does not approve")
	d.says("approve "+id+" --as lin --comment fine", "approved", "by Lin Okafor", "g_", "reason: incident", "comment by Lin Okafor: fine")
	grant := d.first("grants --as ada")
	d.says("grants", "@oncall", "Ada Moreau", "1h ")
	d.says("extend "+grant+" --by 1h --as ada", "pending", "extension to 2h 30m in all")
	d.says("extend "+grant+" --by 1h --as lin", "2h ")
	d.says("grants retry "+grant+" --as ada", grant)
	d.says("end "+grant+" --as ada", "@oncall")
	d.says("grants --all", grant)
	d.says("audit log "+id, "request.made", "request.approved")
	if _, err := d.house.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.says("audit verify", "Nothing was changed")
	d.fails("audit verify --as ada", "duty auditor")

	d.says("request @oncall --for 1h --start +3h --as ada", "pending", "begins ")
	d.says("cancel "+d.first("requests --open --as ada")+" --as ada", "canceled")
	d.says("request @oncall --for 1h --as ada", "pending")
	d.fails("deny "+id+" --as lin", "by Lin Okafor already")
	d.fails("audit log Bogus", "grant/g_")
	d.says("deny "+d.first("requests --open --as lin")+" --as lin --comment later", "denied", "comment by Lin Okafor: later")
	d.fails("forget "+d.ids["ada"], "nothing was erased", "--yes")
	d.says("forget "+d.ids["ada"]+" --yes", "Forgot "+d.ids["ada"])
	if out := d.says("requests"); strings.Contains(out, "Ada") {
		t.Errorf("not forgotten:\n%s", out)
	}
}

func TestNames(t *testing.T) {
	d := newDesk(t)
	file := filepath.Join(d.dir, "policy.yaml")
	d.ok(os.WriteFile(file, []byte(testPolicy), 0o600))
	d.says("policy publish " + file)
	for _, who := range []string{"ada", "ADA", "@ada", d.ids["ada"], "moreau", "ada@example.com"} {
		d.says("policy explain --what @oncall --for 1h --who "+who, "Ada Moreau")
	}
	d.fails("policy explain --what @oncall --for 1h --who sam", "means several", d.ids["sam.a"], "Sam Becker")
	d.fails("policy explain --what @oncall --for 1h --who ann", "means nothing", "Joanna Diaz") // a part of a word is not enough
	d.fails("policy explain --what @oncall --for 1h --who zoe", `"zoe" means nothing`)
	d.fails("policy explain --what @oncal --for 1h --who ada", "means nothing", "@oncall")
	d.fails("request @onkall --for 1h --as ada", "means nothing", "@oncall")
	d.fails("policy explain --what @oncall --for 1h", "no account in Slack", "--who")
	d.fails("request @oncall --for 99999h --as ada", "360 days")
	d.fails("policy explain --what #oncall --for 1h --who ada", "means nothing")
	d.fails("request @oncall --for 1h --as nobody", "has keys for ada, admin, lin")
	d.fails("connectors --connector other --as ada --url http://127.0.0.1:1", "does not answer")
	d.fails("requests --url http://example.com", "use https")
	d.fails("requests --url ftp://x", "no address")
	d.fails("policy explain --what @oncall --for 1h --who ada --connector other", "--connector", d.conn)
}

func TestOwners(t *testing.T) {
	d := newDesk(t)
	d.says("owners list @oncall", "Nobody owns @oncall")
	d.says("owners set @oncall ada lin", "OWNER OF @oncall", "Ada Moreau", d.ids["lin"])
	d.says("owners list @oncall --as ada", "Lin Okafor")
	d.fails("owners set @oncall joanna --as ada", "owner of the connector")
	d.fails("owners set @oncall", "--none")
	d.fails("owners set @oncall ada --none", "--none")
	d.says("owners set @oncall --none", "Nobody owns @oncall")

	file := filepath.Join(t.TempDir(), "owners.csv")
	d.ok(os.WriteFile(file, []byte("resource,owners\n@oncall,ada lin@example.com\n@leads,nobody\n"), 0o600))
	d.fails("owners import "+file, "nothing was changed")
	d.says("owners list @oncall", "Nobody owns @oncall")
	d.ok(os.WriteFile(file, []byte("resource,owners\n@oncall,ada lin@example.com\n@leads,lin\n"), 0o600))
	d.says("owners import "+file+" --preview", "change", "Ada Moreau, Lin Okafor")
	d.says("owners list @leads", "Nobody owns @leads")
	d.says("owners import "+file, "change", "@leads")
	d.says("owners import "+file, "same")
	d.says("directory resources --unowned", "general")
	d.says("directory resources --csv", "resource,kind,name", d.ids["lin"])
	d.says("directory accounts --admins", "primary-owner")
	d.says("directory accounts sam", "Sam Adeyemi", "Sam Becker")
	d.says("directory accounts --csv", "id,name,handle,email", "ada@example.com")
	d.fails("directory accounts --two-factor off --as ada", "auditor")
	d.fails("directory accounts --inactive 90", "who is inactive is not known here")
	d.says("directory accounts sam", "LAST ACTIVE", "not known")
	d.says("directory show @oncall", "Sam Adeyemi", "usergroup:member", "standing")
	d.says("directory show sam.a", "@oncall", "standing", "second factor off", "last active: not known: it needs the user scope admin")
	d.says("directory show lin", "owns @leads")
	d.says("directory show @oncall --csv", "usergroup:member,standing")
	d.fails("directory show #nothing", "means nothing")
}

func TestConnect(t *testing.T) {
	d := newDesk(t)
	out := d.says("connect --name Second", "http://house.test/connect/", "works once")
	again := d.says("connect --name Second")
	id := func(s string) string { return s[strings.LastIndex(s, "con_"):] }
	if id(out) != id(again) {
		t.Errorf("a second link made a second connector: %s %s", out, again)
	}
	d.fails("connect --token xoxp-1", "standard input")

	before := len(strings.Split(d.says("connectors"), "\n"))
	var printed bytes.Buffer
	flags := ClientFlags{URL: os.Getenv("EBB_URL"), Dir: d.dir}
	c, err := newClient(flags, strings.NewReader("xoxp-not-a-token\n"), &printed)
	d.ok(err)
	if err := (&ConnectCmd{Name: "Third", Token: "-"}).Run(c); err == nil || strings.Contains(err.Error()+printed.String(), "xoxp-not") {
		t.Errorf("%v %s", err, &printed)
	}
	if after := len(strings.Split(d.says("connectors"), "\n")); after != before+1 {
		t.Errorf("%d lines, before %d", after, before)
	}
}

func TestStops(t *testing.T) {
	d := newDesk(t)
	file := filepath.Join(d.dir, "policy.yaml")
	d.ok(os.WriteFile(file, []byte(testPolicy), 0o600))
	d.says("policy publish " + file)
	d.says("request @oncall --for 1h --as ada", "pending")
	d.says("approve " + d.first("requests --open --as lin") + " --as lin")
	_, err := d.house.Sweep(t.Context())
	d.ok(err)
	d.fails("connectors pause --as ada", "owner of this connector")
	d.says("connectors pause", "Paused")
	d.fails("request @oncall --for 1h --as lin", "Paused")
	d.says("connectors resume", "Connected")
	d.fails("connectors disconnect", "drain", "live_grants")
	d.fails("connectors drain", "1 grants are not seen gone yet")
	_, err = d.house.Sweep(t.Context())
	d.ok(err)
	d.says("connectors drain --wait 1m", "Nothing is left")
	d.says("connectors disconnect", "Not connected")
	d.says("connectors list", "Not connected")
}

func TestKeys(t *testing.T) {
	d := newDesk(t)
	d.fails("key create --account joanna --name laptop", "made by that person alone", "--service")
	out := d.says("key create --account joanna --name bot --service", "shown once", "asks and reads")
	key, _, _ := strings.Cut(out, "\n")
	t.Setenv("EBB_KEY", key)
	d.fails("audit verify", "duty auditor")     // it acts as Joanna …
	d.says("audit verify --as admin", "events") // … and --as goes before it
	if out := d.says("key create --format json --as admin"); !strings.Contains(out, `"key": "ebbkey_`) {
		t.Errorf("%s", out)
	}
	t.Setenv("EBB_KEY", "ebbkey_forged")
	_, err := d.ebb("connectors")
	var refused *Refused
	if !errors.As(err, &refused) || refused.Status != 401 || strings.Contains(err.Error(), "forged") {
		t.Errorf("%v", err)
	}
}

// TestEndedKeys: a key that was ended opens nothing, nor does any key of a user
// who was.
func TestEndedKeys(t *testing.T) {
	d := newDesk(t)
	d.says("key list --as ada", "ada", "a person", ":00:00", "works") // used just now, to the hour
	d.fails("key list --user u_admin --as ada", "duty auditor")
	id := d.first("key list --as ada")
	d.fails("key end "+id+" --as lin", "no API key "+id)
	d.says("key end "+id+" --as ada", "ended")
	d.fails("requests --as ada", "has ended")
	d.says("key end "+id, "ended") // again, as an administrator

	d.says("users", "Ada Moreau", "super administrator", d.ids["lin"])
	lin := d.first("users --search okafor")
	d.says("key list --user "+lin, "lin")
	d.says("users end "+lin, "Lin Okafor", "ended")
	d.fails("requests --as lin", "has ended")
	d.fails("users end u_admin", "another super administrator")
}

func TestPolicyCheckFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "p.yaml")
	var out bytes.Buffer
	if err := os.WriteFile(file, []byte("version: 1\nrules:\n  - id: x\n    colour: red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkPolicy(file, nil, &out); !errors.Is(err, errPolicy) || !strings.Contains(out.String(), "line 4") {
		t.Errorf("%v\n%s", err, &out)
	}
	out.Reset()
	if err := checkPolicy("-", strings.NewReader(testPolicy), &out); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
}
