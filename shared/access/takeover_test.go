package access

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// What a person said of access that others gave: whom Judge removes, and what it
// waits for.
func TestTakeOver(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	r := directory.Resource{ID: "S1", Connector: "c1", Kind: directory.UserGroup}
	gone := TakeOver("g1", Removal{Origin: "finding/fd_1", By: "u1", Account: "a"}, r, now)
	later := TakeOver("g1", Removal{Origin: "finding/fd_1", By: "u1", Account: "a", Until: now.Add(time.Hour)}, r, now)
	if gone.State != Revoking || !gone.Takes() || gone.EndedBy != "u1" || later.State != Active || later.EndedBy != "" || later.Finding() != "fd_1" {
		t.Fatalf("%+v %+v", gone, later)
	}
	if (Grant{Origin: "review/r1"}).Finding() != "" || (Grant{}).Finding() != "" {
		t.Error("only a finding's grant has a finding")
	}
	own := Grant{ID: "g2", Account: "a", State: Active, Start: now, End: now.Add(time.Hour)}
	in, out := View{Resource: r, Members: []string{"a", "b"}}, View{Resource: r, Members: []string{"b"}}
	stood := Hold{Account: "a", Stood: true, Since: now.Add(-time.Hour), Rev: 3}
	over := stood
	over.GoneAt = now.Add(-time.Minute)
	for name, c := range map[string]struct {
		grants []Grant
		hold   Hold
		v      View
		w      *Writing
		life   Life
		remove bool
		ours   bool // the hold is stored as Ebb's to end
		turns  []Turn
		ask    bool
	}{
		"nothing was known of it":        {grants: []Grant{gone}, v: in, remove: true, ours: true},
		"it stood before a grant":        {grants: []Grant{gone}, hold: stood, v: in, remove: true, ours: true},
		"it was given again since":       {grants: []Grant{gone}, hold: over, v: in, remove: true, ours: true},
		"another grant covers it":        {grants: []Grant{gone, own}, hold: stood, v: in, ours: true, turns: []Turn{Keep}},
		"an old write is on its way":     {grants: []Grant{gone}, v: in, w: &Writing{Add: []string{"b"}}},
		"it is gone, and lives":          {grants: []Grant{gone}, v: out, life: Living, turns: []Turn{Gone}},
		"it is gone, and nobody asked":   {grants: []Grant{gone}, v: out, ask: true},
		"it is gone, and is deactivated": {grants: []Grant{gone}, v: out, life: Dead},
		"accepted, and its time to come": {grants: []Grant{later}, hold: stood, v: in},
		"accepted, and taken by hand":    {grants: []Grant{later}, v: out, life: Living, turns: []Turn{Vanish}},
	} {
		st := Standing{Grants: c.grants, Holds: map[string]Hold{}, Writing: c.w}
		if !c.hold.Since.IsZero() {
			st.Holds["a"] = c.hold
		}
		j := st.Judge(c.v, map[string]Life{"a": c.life}, now)
		var turns []Turn
		for _, v := range j.Verdicts {
			turns = append(turns, v.Turn)
		}
		if removes := len(j.Remove) == 1 && j.Remove[0] == "a"; removes != c.remove || len(j.Add) > 0 || len(turns) != len(c.turns) || len(turns) > 0 && turns[0] != c.turns[0] || (len(j.Ask) > 0) != c.ask {
			t.Errorf("%s: remove %v, add %v, turns %v, ask %v", name, j.Remove, j.Add, turns, j.Ask)
		}
		ours := len(j.Baselines) == 1 && j.Baselines[0].Ours() && j.Baselines[0].Rev == c.hold.Rev
		if ours != c.ours {
			t.Errorf("%s: baselines %+v", name, j.Baselines)
		}
	}
	st := Standing{Grants: []Grant{gone}}
	if !st.ToldSince("a", now.Add(-time.Second)) || st.ToldSince("a", now) || st.ToldSince("b", now.Add(-time.Second)) {
		t.Error("what was said since")
	}
}
