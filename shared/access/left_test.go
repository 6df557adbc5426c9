package access

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
)

// Who was left out of a list, being deactivated, stands there without Ebb until a
// person says otherwise: nothing of it is missing, and a grant's end leaves it.
func TestJudgeOfWhoWasLeftOut(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	r := directory.Resource{ID: "S1", Connector: "c1", Kind: directory.UserGroup}
	out := View{Resource: r, Members: []string{"b"}}
	gone := TakeOver("g1", Removal{Origin: "finding/fd_1", By: "u1", Account: "a"}, r, now)
	accepted := TakeOver("g1", Removal{Origin: "finding/fd_1", By: "u1", Account: "a", Until: now.Add(time.Hour)}, r, now)
	overdue := accepted
	overdue.State, overdue.Taking = Revoking, true
	asked := Grant{ID: "g2", Resource: "S1", Account: "a", State: Granting, Start: now, End: now.Add(time.Hour)}
	given := asked
	given.State, given.Added = Active, true
	other := gone
	other.Account = "b"
	stood := Hold{Account: "a", Stood: true, Since: now.Add(-time.Hour)}
	for name, c := range map[string]struct {
		grant Grant
		hold  Hold
		left  bool
		life  Life
		turn  Turn
		stays bool // out, for good
		add   bool
		stood bool // as the hold is stored
	}{
		"to be removed":                        {grant: gone, left: true, life: Living, turn: Gone, stays: true},
		"to be removed, and deactivated":       {grant: gone, left: true, life: Dead, stays: true},
		"accepted, and its time is over":       {grant: overdue, left: true, life: Living, turn: Gone, stays: true},
		"accepted until later":                 {grant: accepted, left: true, life: Living, stood: true},
		"accepted, and taken by hand":          {grant: accepted, life: Living, turn: Vanish},
		"somebody else is to be removed":       {grant: other, left: true, life: Living},
		"a grant, before they were put back":   {grant: asked, left: true, life: Living, add: true, stood: true},
		"a grant on nothing":                   {grant: asked, life: Living, add: true},
		"a grant on what stood":                {grant: asked, hold: stood, left: true, life: Living, add: true, stood: true},
		"a grant on what stood and was taken":  {grant: asked, hold: stood, life: Living, add: true},
		"a grant on what stood, left out":      {grant: given, hold: stood, left: true, life: Living},
		"a grant on what stood, taken by hand": {grant: given, hold: stood, life: Living, turn: Vanish},
	} {
		st := Standing{Grants: []Grant{c.grant}, Holds: map[string]Hold{}}
		if c.left {
			st.Left = []Left{{Account: "a"}}
		}
		if c.hold.Open() {
			st.Holds["a"] = c.hold
		}
		j := st.Judge(out, map[string]Life{"a": c.life}, now)
		var turn Turn
		for _, v := range j.Verdicts {
			turn = v.Turn
		}
		if turn != c.turn || (len(j.StayOut) == 1) != c.stays || (len(j.Add) == 1) != c.add {
			t.Errorf("%s: turn %q, stay out %v, add %v", name, turn, j.StayOut, j.Add)
		}
		for _, h := range j.Baselines {
			if h.Account == "a" && h.Stood != c.stood {
				t.Errorf("%s: %+v", name, h)
			}
		}
		if c.add && len(j.Baselines) == 0 {
			t.Errorf("%s: no hold is stored", name)
		}
	}
}
