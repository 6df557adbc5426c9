package review

import (
	"slices"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

func member(f func(*Holding)) Holding {
	h := Holding{
		Resource: directory.Resource{ID: "S1", Connector: "c1", Kind: directory.UserGroup, Workspace: "T1"}, Slug: "member",
		Account: directory.Account{ID: "U1", Kind: directory.Human, State: directory.Active, TwoFactor: true, Roles: map[string]directory.WorkspaceRole{"T1": directory.Member}},
		Since:   noon.AddDate(0, -6, 0), TwoFactorKnown: true,
	}
	if f != nil {
		f(&h)
	}
	return h
}

func certified(h *Holding) {
	h.Earlier = Earlier{Campaign: "uc_1", Verdict: Certify, By: "u9", At: noon.AddDate(0, -3, 0), Facts: h.Facts()}
}

func admin(h *Holding) {
	h.Resource = directory.Resource{ID: "T1", Connector: "c1", Kind: directory.Workspace}
	h.Slug, h.Account.Roles = "admin", map[string]directory.WorkspaceRole{"T1": directory.Admin}
}

func TestAdvise(t *testing.T) {
	s := Spec{Admins: "S9"}
	for name, c := range map[string]struct {
		h    Holding
		want Verdict
		why  []Reason
	}{
		"never reviewed":        {member(nil), "", []Reason{BecauseNew}},
		"certified, unchanged":  {member(certified), Certify, []Reason{BecauseSame}},
		"certified, came since": {member(func(h *Holding) { certified(h); h.Since = noon.AddDate(0, -1, 0) }), "", []Reason{BecauseNew}},
		"certified, now shared": {member(func(h *Holding) { certified(h); h.Resource.Shared = true }), "", []Reason{BecauseNew}},
		"denied, and it stands": {member(func(h *Holding) { certified(h); h.Earlier.Verdict = Deny }), Deny, []Reason{BecauseDenied, BecauseNew}},
		"denied, and given since": {member(func(h *Holding) {
			certified(h)
			h.Earlier.Verdict, h.Since = Deny, noon.AddDate(0, -1, 0)
		}), "", []Reason{BecauseNew}},
		"nobody leaves #general": {member(func(h *Holding) { h.Resource.General = true; certified(h) }), Certify, []Reason{BecauseSame, BecauseFixed}},
		"a primary owner, whom nobody demotes": {member(func(h *Holding) {
			admin(h)
			h.Slug, h.InAdmins = string(directory.PrimaryOwner), true
		}), "", []Reason{BecauseNew, BecauseFixed}},
		"deactivated":          {member(func(h *Holding) { certified(h); h.Account.State = directory.Deactivated }), Deny, []Reason{BecauseDeactivated, BecauseNew}},
		"inactive for 90 days": {member(func(h *Holding) { certified(h); h.LastActive = noon.AddDate(0, 0, -90) }), Deny, []Reason{BecauseInactive}},
		"inactive for 89 days": {member(func(h *Holding) { certified(h); h.LastActive = noon.AddDate(0, 0, -89) }), Certify, []Reason{BecauseSame}},
		"never seen":           {member(func(h *Holding) { certified(h); h.Unseen = noon.AddDate(-1, 0, 0) }), Deny, []Reason{BecauseInactive}},
		"a bot does not sleep": {member(func(h *Holding) {
			h.Account.Kind = directory.Bot
			certified(h)
			h.LastActive = noon.AddDate(-1, 0, 0)
		}), Certify, []Reason{BecauseSame}},
		"guest without an end": {member(func(h *Holding) { h.Account.Kind = directory.MultiChannelGuest; certified(h) }), Deny, []Reason{BecauseGuest}},
		"guest with an end": {member(func(h *Holding) {
			h.Account.Kind, h.Grants = directory.MultiChannelGuest, []GrantFact{{ID: "g_1"}}
			certified(h)
		}), Certify, []Reason{BecauseEnds, BecauseSame}},
		"admin outside the group": {member(func(h *Holding) { admin(h); certified(h) }), Deny, []Reason{BecauseAdmin}},
		"admin in the group":      {member(func(h *Holding) { admin(h); h.InAdmins = true; certified(h) }), Certify, []Reason{BecauseSame}},
		"admin without a second factor": {member(func(h *Holding) {
			admin(h)
			h.InAdmins, h.Account.TwoFactor = true, false
			certified(h)
		}), "", []Reason{BecauseTwoFactor}},
		"where Slack does not say": {member(func(h *Holding) {
			admin(h)
			h.InAdmins, h.Account.TwoFactor, h.TwoFactorKnown = true, false, false
			certified(h)
		}), Certify, []Reason{BecauseSame}},
		"a finding": {member(func(h *Holding) { certified(h); h.Finding = "fd_1" }), "", []Reason{BecauseFinding}},
	} {
		got := s.Advise(c.h, noon)
		if got.Verdict != c.want || !slices.Equal(got.Why, c.why) {
			t.Errorf("%s: %q %v, want %q %v", name, got.Verdict, got.Why, c.want, c.why)
		}
		same := s.Fact(c.h, Assigned{}, noon).Same()
		if same != (c.want == Certify && slices.Contains(c.why, BecauseSame)) {
			t.Errorf("%s: may be certified at once: %v", name, same)
		}
	}
}

func TestScope(t *testing.T) {
	guest := func(h *Holding) { h.Account.Kind = directory.SingleChannelGuest }
	for name, c := range map[string]struct {
		s    Scope
		h    Holding
		want string
	}{
		"everything":        {Scope{}, member(nil), ""},
		"guests, a member":  {Scope{Accounts: []Class{Guests}}, member(nil), "account class"},
		"guests, a guest":   {Scope{Accounts: []Class{Guests}}, member(guest), ""},
		"guests or bots":    {Scope{Accounts: []Class{Bots, Guests}}, member(guest), ""},
		"admins, none":      {Scope{Accounts: []Class{Admins}}, member(nil), "account class"},
		"admins":            {Scope{Accounts: []Class{Admins}}, member(admin), ""},
		"org owners":        {Scope{Accounts: []Class{Admins}}, member(func(h *Holding) { h.Account.OrgOwner = true }), ""},
		"externals":         {Scope{Accounts: []Class{Externals}}, member(func(h *Holding) { h.Account.Kind = directory.External }), ""},
		"deactivated":       {Scope{Accounts: []Class{DeactivatedClass}}, member(func(h *Holding) { h.Account.State = directory.Deactivated }), ""},
		"inactive, unknown": {Scope{Accounts: []Class{Inactive}}, member(nil), "account class"},
		"inactive 30 days":  {Scope{Accounts: []Class{Inactive}, InactiveDays: 30}, member(func(h *Holding) { h.LastActive = noon.AddDate(0, 0, -31) }), ""},
		"inactive, default": {Scope{Accounts: []Class{Inactive}}, member(func(h *Holding) { h.LastActive = noon.AddDate(0, 0, -31) }), "account class"},
		"no second factor":  {Scope{Accounts: []Class{NoTwoFactor}}, member(func(h *Holding) { h.Account.TwoFactor = false }), ""},
		"not known":         {Scope{Accounts: []Class{NoTwoFactor}}, member(func(h *Holding) { h.Account.TwoFactor, h.TwoFactorKnown = false, false }), "account class"},
		"granted, standing": {Scope{Held: Granted}, member(nil), "held otherwise"},
		"granted":           {Scope{Held: Granted}, member(func(h *Holding) { h.Grants = []GrantFact{{ID: "g"}} }), ""},
		"standing, granted": {Scope{Held: Standing}, member(func(h *Holding) { h.Grants = []GrantFact{{ID: "g"}} }), "held otherwise"},
		"new, certified":    {Scope{New: true}, member(certified), "reviewed before"},
		"new, never":        {Scope{New: true}, member(nil), ""},
		"findings, none":    {Scope{Findings: true}, member(nil), "no finding"},
		"findings":          {Scope{Findings: true}, member(func(h *Holding) { h.Finding = "fd" }), ""},
	} {
		if got := c.s.Leaves(c.h, noon); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	ch := directory.Resource{ID: "C1", Kind: directory.Channel}
	for name, c := range map[string]struct {
		s    Scope
		r    directory.Resource
		want bool
	}{
		"a public channel":         {Scope{}, ch, false},
		"public ones, too":         {Scope{Public: true}, ch, true},
		"named":                    {Scope{Resources: []string{"C1"}}, ch, true},
		"others named":             {Scope{Resources: []string{"C2"}}, ch, false},
		"user groups only":         {Scope{Kinds: []directory.Kind{directory.UserGroup}, Public: true}, ch, false},
		"an archived one":          {Scope{Public: true}, directory.Resource{ID: "C1", Kind: directory.Channel, Archived: true}, false},
		"a private one":            {Scope{}, directory.Resource{ID: "C1", Kind: directory.Channel, Private: true}, true},
		"a group that is disabled": {Scope{}, directory.Resource{ID: "S1", Kind: directory.UserGroup, Disabled: true}, true},
	} {
		if got, why := c.s.TakesResource(c.r); got != c.want || !got && why == "" {
			t.Errorf("%s: %v %q", name, got, why)
		}
	}
}

func TestPick(t *testing.T) {
	able := func(a string) bool { return a != "" && a != "Uguest" && a != "Ugone" }
	res := directory.Resource{ID: "S1", Owners: []string{"Uo2", "Uo1", "Ugone"}, Creator: "Uc"}
	fall := []string{"Uf"}
	for name, c := range map[string]struct {
		level Level
		self  bool
		about string
		crowd Crowd
		want  Assigned
	}{
		"owners":            {Level{By: ByOwner}, false, "U1", Crowd{}, Assigned{Source: ByOwner, Accounts: []string{"Uo1", "Uo2"}}},
		"an owner's own":    {Level{By: ByOwner}, false, "Uo1", Crowd{}, Assigned{Source: ByOwner, Accounts: []string{"Uo2"}}},
		"own where allowed": {Level{By: ByOwner}, true, "Uo1", Crowd{}, Assigned{Source: ByOwner, Accounts: []string{"Uo1", "Uo2"}}},
		"creator":           {Level{By: ByCreator}, false, "U1", Crowd{}, Assigned{Source: ByCreator, Accounts: []string{"Uc"}}},
		"the creator's own": {Level{By: ByCreator}, false, "Uc", Crowd{}, Assigned{Source: ByFallback, Accounts: fall}},
		"group":             {Level{By: ByGroup, Group: "S9"}, false, "Um", Crowd{Members: []string{"Um", "Un", "Uguest"}}, Assigned{Source: ByGroup, Group: "S9", Accounts: []string{"Un"}}},
		"an empty group":    {Level{By: ByGroup, Group: "S9"}, false, "Um", Crowd{Members: []string{"Um"}}, Assigned{Source: ByFallback, Accounts: fall}},
		"named":             {Level{By: ByNamed, Accounts: []string{"Ux", "Ux"}}, false, "U1", Crowd{}, Assigned{Source: ByNamed, Accounts: []string{"Ux"}}},
		"manager":           {Level{By: ByManager}, false, "U1", Crowd{Manager: "Uboss"}, Assigned{Source: ByManager, Accounts: []string{"Uboss"}}},
		"no manager":        {Level{By: ByManager}, false, "U1", Crowd{}, Assigned{Source: ByFallback, Accounts: fall}},
		"the fallback's":    {Level{By: ByManager}, false, "Uf", Crowd{Keepers: []string{"Uf", "Uk"}}, Assigned{Source: ByKeeper, Accounts: []string{"Uk"}}},
		"nobody":            {Level{By: ByManager}, false, "Uf", Crowd{Keepers: []string{"Uf"}}, Assigned{Source: Unassigned}},
	} {
		c.crowd.Able = able
		s := Spec{Levels: []Level{c.level}, Fallback: fall, Self: c.self}
		got := s.Pick(0, res, c.about, c.crowd)
		if got.Source != c.want.Source || got.Group != c.want.Group || !slices.Equal(got.Accounts, c.want.Accounts) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	hidden := res
	hidden.Private = true
	known := func(who ...string) func(string) bool { return func(a string) bool { return slices.Contains(who, a) } }
	for name, c := range map[string]struct {
		level Level
		crowd Crowd
		want  Assigned
	}{
		"an owner":               {Level{By: ByOwner}, Crowd{Knows: known("Uo1")}, Assigned{Source: ByOwner, Accounts: []string{"Uo1"}}},
		"a creator who left":     {Level{By: ByCreator}, Crowd{Keepers: []string{"Uk"}, Knows: known("Uk")}, Assigned{Source: ByKeeper, Accounts: []string{"Uk"}}},
		"a friend":               {Level{By: ByNamed, Accounts: []string{"Ux", "Uy"}}, Crowd{Knows: known("Uy")}, Assigned{Source: ByNamed, Accounts: []string{"Uy"}}},
		"the fallback":           {Level{By: ByNamed, Accounts: []string{"Ux"}}, Crowd{Knows: known("Uf")}, Assigned{Source: ByFallback, Accounts: fall}},
		"not the fallback":       {Level{By: ByManager}, Crowd{Manager: "Ub", Keepers: []string{"Uk"}, Knows: known("Uk")}, Assigned{Source: ByKeeper, Accounts: []string{"Uk"}}},
		"those of the group":     {Level{By: ByGroup, Group: "S9"}, Crowd{Members: []string{"Um", "Un", "Uguest"}, Knows: known("Un", "Uguest")}, Assigned{Source: ByMembers, Group: "S9", Accounts: []string{"Un"}}},
		"nobody of the group":    {Level{By: ByGroup, Group: "S9"}, Crowd{Members: []string{"Um"}, Knows: known("Uf")}, Assigned{Source: ByFallback, Accounts: fall}},
		"nobody asked who knows": {Level{By: ByOwner}, Crowd{Keepers: []string{"Uk"}}, Assigned{Source: Unassigned}},
	} {
		c.crowd.Able = able
		got := Spec{Levels: []Level{c.level}, Fallback: fall}.Pick(0, hidden, "U1", c.crowd)
		if got.Source != c.want.Source || got.Group != c.want.Group || !slices.Equal(got.Accounts, c.want.Accounts) {
			t.Errorf("private, %s: %+v, want %+v", name, got, c.want)
		}
	}
	if len(res.Owners) != 3 || res.Owners[0] != "Uo2" {
		t.Error("the owners were changed")
	}
}

func TestTemplateTimes(t *testing.T) {
	at := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 9, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		every     Every
		first     time.Time
		now, want time.Time
	}{
		{Monthly, at(2027, 1, 31), noon, at(2027, 1, 31)},
		{Monthly, at(2027, 1, 31), at(2027, 1, 31), at(2027, 2, 28)},
		{Monthly, at(2027, 1, 31), at(2027, 2, 28), at(2027, 3, 31)},
		{Monthly, at(2027, 1, 31), at(2028, 2, 1), at(2028, 2, 29)},
		{Quarterly, at(2026, 11, 30), at(2026, 12, 1), at(2027, 2, 28)},
		{Quarterly, at(2026, 11, 30), at(2027, 3, 1), at(2027, 5, 30)},
		{Yearly, at(2024, 2, 29), at(2024, 3, 1), at(2025, 2, 28)},
		{Yearly, at(2024, 2, 29), at(2027, 3, 1), at(2028, 2, 29)},
	} {
		if got := (Template{Every: c.every, First: c.first}).After(c.now); !got.Equal(c.want) {
			t.Errorf("%s from %s after %s: %s, want %s", c.every, c.first, c.now, got, c.want)
		}
	}
	if got := (Template{First: noon}).After(noon); !got.IsZero() {
		t.Errorf("the zero period: %s", got)
	}
}

func TestReminders(t *testing.T) {
	c := Campaign{State: Running, Started: noon, Deadline: noon.AddDate(0, 0, 14)}
	days := func(d float64) time.Time { return noon.Add(time.Duration(d * 24 * float64(time.Hour))) }
	for _, x := range []struct {
		day, next float64
		want      string
	}{
		{0, 7, ""},
		{6.9, 7, ""},
		{7, 11, "week-1"},
		{11, 13, "3d"},
		{13, 14 - 8./24, "1d"},
		{13.8, 15, "day"},
		{15, 16, "late-1"},
		{29.5, 30, "late-15"},
	} {
		got, next := c.Remind(days(x.day), nil)
		if got.N != x.want || !next.Equal(days(x.next)) {
			t.Errorf("day %v: %q, next %s; want %q, %s", x.day, got.N, next, x.want, days(x.next))
		}
	}
	// Moved to Monday, the reminder of Saturday comes then, and no day is skipped.
	monday := func(t time.Time) time.Time {
		for t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
			t = t.Add(24 * time.Hour)
		}
		return t
	}
	c.Deadline = time.Date(2026, 12, 11, 12, 0, 0, 0, time.UTC) // a Friday
	if got, next := c.Remind(time.Date(2026, 12, 12, 13, 0, 0, 0, time.UTC), monday); got.N != "day" || next.Weekday() != time.Monday {
		t.Errorf("on a Saturday: %q, next %s", got.N, next)
	}
	// A weekend's come on Monday as one, the strongest: with what Monday has of its own,
	// at its time.
	at := func(day, hour int) time.Time { return time.Date(2026, 12, day, hour, 0, 0, 0, time.UTC) }
	open := func(t time.Time) time.Time { // nine o'clock, but on weekends
		for t.Weekday() == time.Saturday || t.Weekday() == time.Sunday || t.Hour() < 9 || t.Hour() >= 17 {
			t = t.Truncate(time.Hour).Add(time.Hour)
		}
		return t
	}
	for name, x := range map[string]struct {
		deadline time.Time
		want     []string // as they come between the 10th, a Thursday, and the 16th
	}{
		"a Sunday's noon":    {at(13, 12), []string{"3d 10 Thu 12", "late-1 14 Mon 12", "late-2 15 Tue 12"}},
		"a Saturday's noon":  {at(12, 12), []string{"1d 11 Fri 12", "late-2 14 Mon 12", "late-3 15 Tue 12"}},
		"a Saturday's night": {at(12, 22), []string{"3d 10 Thu 09", "late-1 14 Mon 09", "late-2 15 Tue 09"}},
		"a Monday's noon":    {at(14, 12), []string{"3d 11 Fri 12", "day 14 Mon 09", "late-1 15 Tue 12"}},
		"a Friday's noon":    {at(11, 12), []string{"1d 10 Thu 12", "day 11 Fri 09", "late-3 14 Mon 12", "late-4 15 Tue 12"}},
	} {
		c := Campaign{State: Running, Started: at(1, 12), Deadline: x.deadline}
		var got []string
		had := ""
		for now := at(10, 9); now.Before(at(15, 23)); now = now.Add(time.Hour) {
			r, _ := c.Remind(now, open)
			if said := r.N + r.At.Format(" 2 Mon 15"); r.N != "" && said != had && !r.At.Before(at(10, 9)) {
				got, had = append(got, said), said
			}
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
	if got, next := (Campaign{State: Completed, Started: noon, Deadline: noon}).Remind(days(9), nil); got.N != "" || !next.IsZero() {
		t.Errorf("completed: %q %s", got.N, next)
	}
}
