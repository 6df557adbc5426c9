package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
	"github.com/ebb-access/ebb/shared/store"
)

// accountsOf are the names of all accounts that a query gives, page by page.
func (w *world) accountsOf(by access.Actor, q flow.AccountQuery, limit int) []string {
	w.t.Helper()
	var out []string
	for s := (flow.Slice{Limit: limit}); ; {
		p, err := w.house.ReadAccounts(w.ctx, by, w.conn.ID, q, s)
		w.ok(err)
		for _, a := range p.Items {
			out = append(out, a.Label())
		}
		if s.After = p.Next; s.After == "" {
			return out
		}
	}
}

func crowded(t *testing.T) *company {
	c := hire(t, slacktest.Options{Seed: 1})
	add := func(u slacktest.User) string { return c.slack.AddUser(u) }
	add(slacktest.User{Name: "ada.l", RealName: "Ada Lovelace", Email: "countess@example.com"})
	add(slacktest.User{Name: "grace", RealName: "Grace Ada Hopper", Email: "grace.hopper@example.com", Has2FA: true, Admin: true})
	add(slacktest.User{Name: "gus", RealName: "Gus Guest", Restricted: true})
	add(slacktest.User{Name: "una", RealName: "Una Ultra", Restricted: true, UltraRestricted: true})
	add(slacktest.User{Name: "left", RealName: "Lefty Left", Deleted: true})
	add(slacktest.User{Name: "new", RealName: "Newt New", Invited: true})
	add(slacktest.User{Name: "robot", RealName: "Robot", Bot: true})
	c.connect()
	return c
}

// TestAccountsByWhatTheyAre: each filter gives what Slack says, whatever the
// page's size, and nobody twice.
func TestAccountsByWhatTheyAre(t *testing.T) {
	c := crowded(t)
	team := c.conn.Workspaces[0]
	everybody := c.accountsOf(c.root, flow.AccountQuery{}, 3)
	for name, x := range map[string]struct {
		q    directory.Filter
		want []string
		in   []string // where others may be there too
	}{
		"kind guest":        {directory.Filter{Kind: directory.MultiChannelGuest}, []string{"Gus Guest"}, nil},
		"kind single":       {directory.Filter{Kind: directory.SingleChannelGuest}, []string{"Una Ultra"}, nil},
		"deactivated":       {directory.Filter{State: directory.Deactivated}, []string{"Lefty Left"}, nil},
		"invited":           {directory.Filter{State: directory.Invited}, []string{"Newt New"}, nil},
		"bot":               {directory.Filter{Kind: directory.Bot}, nil, []string{"Robot"}},
		"admin":             {directory.Filter{Standing: "admin"}, nil, []string{"Grace Ada Hopper"}},
		"admin of team":     {directory.Filter{Standing: "admin", Workspace: team}, nil, []string{"Grace Ada Hopper"}},
		"with 2FA, human":   {directory.Filter{TwoFactor: "on", Kind: directory.Human}, nil, []string{"Grace Ada Hopper"}},
		"without 2FA":       {directory.Filter{TwoFactor: "off"}, nil, []string{"Ada Lovelace", "Gus Guest", "Una Ultra", "sam"}},
		"nothing of all":    {directory.Filter{Kind: directory.External}, []string{}, nil},
		"human, active":     {directory.Filter{Kind: directory.Human, State: directory.Active}, nil, []string{"Ada Lovelace", "Grace Ada Hopper", "ada"}},
		"workspace":         {directory.Filter{Workspace: team}, nil, []string{"Ada Lovelace", "Robot"}},
		"another workspace": {directory.Filter{Workspace: "T0NONE"}, []string{}, nil},
	} {
		for _, limit := range []int{1, 50} {
			got := c.accountsOf(c.root, flow.AccountQuery{Filter: x.q}, limit)
			slices.Sort(got)
			if x.want != nil && !slices.Equal(got, x.want) {
				t.Errorf("%s: %v, want %v", name, got, x.want)
			}
			for _, n := range x.in {
				if !slices.Contains(got, n) {
					t.Errorf("%s: %v has no %s", name, got, n)
				}
			}
			if len(slices.Compact(slices.Clone(got))) != len(got) || len(got) >= len(everybody) && name != "workspace" {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
	if got := c.accountsOf(c.root, flow.AccountQuery{Filter: directory.Filter{TwoFactor: "off"}}, 50); slices.Contains(got, "Robot") || slices.Contains(got, "Lefty Left") {
		t.Errorf("who cannot sign in lacks no second factor: %v", got)
	}
	_, err := c.house.ReadAccounts(c.ctx, c.root, c.conn.ID, flow.AccountQuery{Filter: directory.Filter{Kind: "alien"}}, flow.Slice{})
	refusedWith(t, err, fault.Invalid, "kind")
	_, err = c.house.ReadAccounts(c.ctx, c.actor(c.ada), c.conn.ID, flow.AccountQuery{Filter: directory.Filter{TwoFactor: "off"}}, flow.Slice{})
	refusedWith(t, err, fault.Forbidden, "auditor")
}

// TestAccountsAsOneTypes: by words of name, handle and address; who does not see
// addresses finds by none.
func TestAccountsAsOneTypes(t *testing.T) {
	c := crowded(t)
	for typed, want := range map[string][]string{
		"ada":   {"ada", "Ada Lovelace", "Grace Ada Hopper"},
		"ADA L": {"Ada Lovelace"}, "@ada.l": {"Ada Lovelace"}, "love": {"Ada Lovelace"}, "velace": {"Ada Lovelace"},
		"hopper": {"Grace Ada Hopper"}, "countess": {"Ada Lovelace"}, "countess@example.com": {"Ada Lovelace"}, "countess@else": {}, "zzz": {},
		c.sam: {"sam"}, strings.ToLower(c.sam): {"sam"},
	} {
		for _, limit := range []int{1, 50} {
			if typed == "velace" && limit == 1 {
				continue // parts of words come on the first page only
			}
			got := c.accountsOf(c.root, flow.AccountQuery{Search: typed}, limit)
			slices.Sort(got)
			sorted := slices.Sorted(slices.Values(want))
			if !slices.Equal(got, sorted) {
				t.Errorf("%q finds %v, want %v", typed, got, want)
			}
		}
	}
	if got := c.accountsOf(c.root, flow.AccountQuery{Search: "ada"}, 50); got[0] != "ada" {
		t.Errorf("whose whole word it is comes first: %v", got)
	}
	ada := c.actor(c.ada)
	for _, typed := range []string{"countess", "countess@example.com"} {
		if got := c.accountsOf(ada, flow.AccountQuery{Search: typed}, 50); len(got) > 0 {
			t.Errorf("found by an address that ada does not see: %v", got)
		}
	}
	if got := c.accountsOf(ada, flow.AccountQuery{Search: "lovelace"}, 50); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// TestNamesThatWentLeadNowhere: after a change of name, and after forgetting, no
// word of the old name is kept.
func TestNamesThatWentLeadNowhere(t *testing.T) {
	c := crowded(t)
	a, err := c.store.Account(c.ctx, c.conn.ID, c.bob)
	c.ok(err)
	old := a
	old.Name, old.Email = "Robert Maiden", "maiden@example.com"
	c.ok(c.store.Put(c.ctx, directory.Batch{Accounts: []directory.Account{old}, Before: []directory.Account{a}}))
	if got := c.accountsOf(c.root, flow.AccountQuery{Search: "maiden"}, 50); len(got) != 1 {
		t.Fatalf("%v", got)
	}
	c.sync()
	left := func() (out []string) {
		c.ok(c.store.AccountsCalled(c.ctx, c.conn.ID, "", directory.Lead{}, func(l directory.Lead) error {
			if l.Account == c.bob {
				out = append(out, l.Text)
			}
			return nil
		}))
		return out
	}
	if got := left(); !slices.Equal(got, []string{"bob"}) {
		t.Errorf("after the change of name: %v", got)
	}
	c.ok(c.store.Put(c.ctx, directory.Batch{Accounts: []directory.Account{old}})) // a word that nobody took away
	_, err = c.house.Forget(c.ctx, c.root, c.conn.ID, c.bob)
	c.ok(err)
	if got := left(); len(got) > 0 {
		t.Errorf("after forgetting: %v", got)
	}
	c.sync()
	if got := left(); len(got) > 0 {
		t.Errorf("a sync brought back: %v", got)
	}
}

// TestADirectoryFromBefore: one that was filled before words led to accounts is
// filled by the next sync, though nothing in Slack changed.
func TestADirectoryFromBefore(t *testing.T) {
	c := crowded(t)
	var rows []directory.Lead
	c.ok(c.store.AccountsCalled(c.ctx, c.conn.ID, "", directory.Lead{}, func(l directory.Lead) error { rows = append(rows, l); return nil }))
	for _, l := range rows {
		c.ok(c.store.Unname(c.ctx, c.conn.ID, l.Account))
	}
	c.unindexed()
	if got := c.accountsOf(c.root, flow.AccountQuery{Search: "ada", Filter: directory.Filter{Standing: "admin"}}, 50); len(got) > 1 {
		t.Fatalf("%v", got)
	}
	c.sync()
	n := 0
	c.ok(c.store.AccountsCalled(c.ctx, c.conn.ID, "", directory.Lead{}, func(directory.Lead) error { n++; return nil }))
	if n != len(rows) {
		t.Errorf("%d words, and there were %d", n, len(rows))
	}
}

// TestWhoHoldsWhatBothWays: Sam stands, Ada was granted; each sees their own, the
// auditor everything, Bob only that they are there.
func TestWhoHoldsWhatBothWays(t *testing.T) {
	c := hire(t, slacktest.Options{Seed: 1})
	c.slack.AddChannel(slacktest.Channel{Name: "hush", Private: true, Members: []string{c.sam, c.slack.BotUser(c.slack.TeamIDs()[0])}})
	c.connect()
	c.publish(oncallPolicy)
	r, err := c.request(c.ada, c.oncall, time.Hour)
	c.ok(err)
	r, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	id := r.Items[0].Grant
	c.sweep(time.Second)
	c.sync()
	g := c.grant(id)
	members := func(by access.Actor) map[string]flow.MemberView {
		p, err := c.house.ReadMembers(c.ctx, by, c.conn.ID, c.oncall, flow.Slice{})
		c.ok(err)
		out := map[string]flow.MemberView{}
		for _, m := range p.Items {
			out[m.Account] = m
		}
		return out
	}
	all := members(c.root)
	if m := all[c.ada]; m.How != flow.HeldGranted || !m.Until.Equal(g.End) || len(m.Grants) != 1 || m.Grants[0].Request != g.Request || m.Name != "ada" {
		t.Errorf("ada: %+v", m)
	}
	if m := all[c.sam]; m.How != flow.HeldStanding || !m.Until.IsZero() || len(m.Grants) != 0 {
		t.Errorf("sam: %+v", m)
	}
	for _, m := range members(c.actor(c.bob)) {
		if m.How != "" || len(m.Grants) > 0 {
			t.Errorf("bob sees %+v", m)
		}
	}
	if own := members(c.actor(c.ada)); own[c.ada].How != flow.HeldGranted || own[c.sam].How != "" {
		t.Errorf("ada sees %+v", own)
	}
	holdings := func(by access.Actor, account string) string {
		var out []string
		for s := (flow.Slice{Limit: 1}); ; {
			p, err := c.house.ReadHoldings(c.ctx, by, c.conn.ID, account, s)
			c.ok(err)
			for _, m := range p.Items {
				out = append(out, m.Resource.Name+" "+m.Slug+" "+m.How)
			}
			if s.After = p.Next; s.After == "" {
				slices.Sort(out)
				return strings.Join(out, ", ")
			}
		}
	}
	if got := holdings(c.root, c.ada); !strings.Contains(got, "oncall member granted") {
		t.Errorf("ada holds %s", got)
	}
	if got := holdings(c.root, c.sam); !strings.Contains(got, "hush member standing") || !strings.Contains(got, "oncall member standing") {
		t.Errorf("sam holds %s", got)
	}
	if got := holdings(c.actor(c.bob), c.sam); strings.Contains(got, "hush") || !strings.Contains(got, "oncall") || strings.Contains(got, "standing") {
		t.Errorf("bob sees of sam: %s", got)
	}
	past := func(by access.Actor) (flow.Past, flow.Past) {
		of, err := c.house.ReadGrantsOf(c.ctx, by, c.conn.ID, c.ada)
		c.ok(err)
		on, err := c.house.ReadGrantsOn(c.ctx, by, c.conn.ID, c.oncall)
		c.ok(err)
		return of, on
	}
	if of, on := past(c.root); len(of.Live) != 1 || len(on.Live) != 1 || len(of.Over)+len(on.Over) != 0 {
		t.Errorf("%+v %+v", of, on)
	}
	c.sweep(9 * time.Hour)
	c.state(id, access.Revoked)
	if of, on := past(c.root); len(of.Over) != 1 || len(on.Over) != 1 || len(of.Live)+len(on.Live) != 0 {
		t.Errorf("%+v %+v", of, on)
	}
	if of, on := past(c.actor(c.bob)); len(of.Over)+len(on.Over) != 0 {
		t.Errorf("bob sees grants that are none of his: %+v %+v", of, on)
	}
}

// TestStandingAndGranted: who stood before Ebb gave it too keeps it, and no end is
// named.
func TestStandingAndGranted(t *testing.T) {
	c := newCompany(t)
	r, err := c.request(c.sam, c.oncall, time.Hour)
	c.ok(err)
	_, err = c.house.Approve(c.ctx, c.actor(c.lin), r.ID, "")
	c.ok(err)
	c.sweep(time.Second)
	p, err := c.house.ReadMembers(c.ctx, c.root, c.conn.ID, c.oncall, flow.Slice{})
	c.ok(err)
	for _, m := range p.Items {
		if m.Account == c.sam && (m.How != flow.HeldBoth || !m.Until.IsZero() || len(m.Grants) != 1) {
			t.Errorf("%+v", m)
		}
	}
}

// unindexed takes away the note that words lead to every account.
func (w *world) unindexed() {
	w.t.Helper()
	w.ok(w.raw.Batch(w.ctx, []store.Write{{Action: store.Delete, Row: store.Row{Key: store.Key{Part: "indexed", Sort: w.conn.ID}}}}))
}
