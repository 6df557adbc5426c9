package access

import (
	"testing"
	"time"
)

// What each state wants of Slack, before its end and after it.
func TestWhatAGrantWants(t *testing.T) {
	end := noon.Add(time.Hour)
	for _, c := range []struct {
		state        State
		taking       bool
		gives, takes bool
		urgency      int
	}{
		{Scheduled, false, false, false, 1},
		{Withdrawn, false, false, false, 1},
		{Granting, false, true, false, 1},
		{Active, false, true, false, 0},
		{EndedOutside, false, false, false, 1},
		{Revoking, true, false, true, 0},
		{Revoked, true, false, false, 1},
		{Ended, true, false, false, 1},
		{Stuck, false, true, false, 1},
		{Stuck, true, false, true, 0},
		{Failed, false, false, false, 1},
		{"", false, false, false, 1},
	} {
		g := Grant{State: c.state, Taking: c.taking, End: end}
		if got := g.Gives(end.Add(-1)); got != c.gives {
			t.Errorf("%q taking %v: gives %v", c.state, c.taking, got)
		}
		if g.Gives(end) {
			t.Errorf("%q gives at its end", c.state)
		}
		if got := g.Takes(); got != c.takes {
			t.Errorf("%q taking %v: takes %v", c.state, c.taking, got)
		}
		if got := g.Urgency(); got != c.urgency {
			t.Errorf("%q taking %v: urgency %d", c.state, c.taking, got)
		}
	}
}

func TestNextIsWhereTheDueRowStands(t *testing.T) {
	g := Grant{Start: noon, End: noon.Add(time.Hour), NextTry: noon.Add(time.Minute)}
	for state, want := range map[State]time.Time{
		Scheduled: g.NextTry, Active: g.End, Granting: g.NextTry, Revoking: g.NextTry, Stuck: g.NextTry,
	} {
		g.State = state
		if got, ok := g.Next(); !ok || got != want {
			t.Errorf("%s: %v %v", state, got, ok)
		}
	}
	// A start that has to wait (a paused connector) is looked at again later,
	// never before it is due.
	early := Grant{State: Scheduled, Start: noon, NextTry: noon.Add(-time.Minute)}
	if got, _ := early.Next(); got != noon {
		t.Errorf("a start is due at %v", got)
	}
}

func TestValidate(t *testing.T) {
	for _, s := range States {
		if err := s.Validate(); err != nil {
			t.Error(err)
		}
	}
	for _, s := range []State{"", "ACTIVE", "pending"} {
		if s.Validate() == nil {
			t.Errorf("%q is a state", s)
		}
	}
}

func TestLockTimes(t *testing.T) {
	l := Lock{Owner: "me", Until: noon.Add(LeaseTime)}
	for after, may := range map[time.Duration]bool{0: true, WriteUntil - 1: true, WriteUntil: false, LeaseTime: false} {
		if got := l.MayWrite(noon.Add(after)); got != may {
			t.Errorf("write after %v: %v", after, got)
		}
	}
	for after, free := range map[time.Duration]bool{0: false, LeaseTime - 1: false, LeaseTime: true} {
		if got := l.Free(noon.Add(after)); got != free {
			t.Errorf("free after %v: %v", after, got)
		}
	}
	if !(Lock{}).Free(noon) || (Lock{}).MayWrite(noon) {
		t.Error("the zero lock is free, and lets nobody write")
	}
	// The last write that may start is over before anybody else may begin.
	if WriteUntil+CallTime >= LeaseTime {
		t.Error("a write outlives its lease")
	}
}

func TestUnclearWriteIsReadTwice(t *testing.T) {
	w := Writing{SentAt: noon}
	if got := w.Due(); got != noon.Add(FirstReread) {
		t.Error(got)
	}
	w.Reread = true
	if got := w.Due(); got != noon.Add(SecondReread) {
		t.Error(got)
	}
}

func TestHoldIsOpenUntilSeenGone(t *testing.T) {
	if (Hold{}).Open() || !(Hold{Since: noon}).Open() || (Hold{Since: noon, GoneAt: noon}).Open() {
		t.Error("open from its baseline until it is gone, and at no other time")
	}
}

func TestRequestIsOpenWhileAnItemWaits(t *testing.T) {
	r := Request{Expires: noon, Items: []Item{{State: Approved}, {State: Pending}}}
	if at, ok := r.Next(); !ok || at != noon || !r.Open() {
		t.Error(at, ok)
	}
	for _, s := range []ItemState{Approved, Denied, Canceled, Expired, ""} {
		r.Items[1].State = s
		if _, ok := r.Next(); ok {
			t.Errorf("waits with an item that is %q", s)
		}
	}
	if (Request{}).Open() {
		t.Error("the zero request waits")
	}
}

func TestDuties(t *testing.T) {
	if (Actor{}).Is(Ordinary) || (Actor{}).Is("") {
		t.Error("the zero actor may do something")
	}
	super := User{ID: "u_1", Duties: []Duty{SuperAdministrator}}
	auditor := User{ID: "u_2", Duties: []Duty{Auditor}}
	for _, d := range Duties {
		if !(Actor{User: super}).Is(d) {
			t.Errorf("a super administrator is no %s", d)
		}
		if got := (Actor{User: auditor}).Is(d); got != (d == Auditor) {
			t.Errorf("an auditor is %s: %v", d, got)
		}
	}
	super.Ended = true
	if (Actor{User: super}).Is(Auditor) {
		t.Error("a deactivated user still has duties")
	}
	u := User{Accounts: []Ref{{"c_1", "U1"}, {"c_2", "U2"}}}
	if u.In("c_2") != "U2" || u.In("c_3") != "" {
		t.Error(u.In("c_2"), u.In("c_3"))
	}
}
