package access

import (
	"testing"
	"time"
)

var evening = time.Date(2026, 11, 25, 18, 0, 0, 0, time.UTC)

func stepped() Rule {
	return Rule{ID: "prod", Steps: []Approval{
		{Approvers: Who{Accounts: []string{"U1", "U2"}}, Need: 2, Fallback: Who{Accounts: []string{"U7"}}, After: 4 * time.Hour, Then: Late{Escalate: Who{Accounts: []string{"U8"}}}},
		{Approvers: Who{Accounts: []string{"U3"}}, After: time.Hour, Then: Late{Reassign: Who{Accounts: []string{"U9"}}}},
	}}
}

func TestVotesMoveAnItemAlong(t *testing.T) {
	r := stepped()
	it := Item{State: Pending}.Enter(r, 0, evening, Hours{})
	if !it.Deadline.Equal(evening.Add(4*time.Hour)) || !it.Remind.Equal(evening.Add(4*time.Hour)) {
		t.Fatalf("%+v", it)
	}
	it, done := it.Vote(r, Vote{Account: "U1", User: "u_1", At: evening}, Hours{})
	if done || it.Step != 0 || !it.Voted("U1", "") || !it.Voted("U5", "u_1") || it.Voted("U2", "u_2") || it.Voted("U2", "") {
		t.Fatalf("after one of two: %+v", it)
	}
	later := evening.Add(time.Hour)
	it, done = it.Vote(r, Vote{Account: "U2", User: "u_2", At: later}, Hours{})
	if done || it.Step != 1 || !it.Deadline.Equal(later.Add(time.Hour)) || !it.Since.Equal(later) {
		t.Fatalf("after two of two: %+v", it)
	}
	if it, done = it.Vote(r, Vote{Account: "U3", User: "u_3", At: later}, Hours{}); !done || len(it.Votes) != 3 {
		t.Fatalf("after all: %+v", it)
	}
}

func TestWhoDecidesAtAStage(t *testing.T) {
	r := stepped()
	for _, c := range []struct {
		stage Stage
		want  string
	}{
		{Stage{}, "U1 or U2"},
		{Stage{Fallen: true}, "U1 or U2 or U7"},
		{Stage{Overdue: true}, "U1 or U2 or U8"},
		{Stage{Step: 1}, "U3"},
		{Stage{Step: 1, Overdue: true}, "U9"},
		{Stage{Step: 1, Reassigned: true}, "U3 or the resource's owners or the application's owners"},
		{Stage{Step: 9}, "U3"}, // the way became shorter
	} {
		if got := r.At(c.stage).Approvers.Words(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.stage, got, c.want)
		}
	}
	if got := (Rule{}).At(Stage{Reassigned: true}).Approvers; !got.None() {
		t.Errorf("a rule that nobody knows lets %s decide", got.Words())
	}
	if r.Single() || !(Rule{}).Single() {
		t.Error("single")
	}
}

func TestRemindersBackOff(t *testing.T) {
	it := Item{State: Pending}.Enter(Rule{}, 0, evening, Hours{})
	now := it.Remind
	for _, want := range []time.Duration{8, 16, 24, 24} {
		next := it.Reminded(now, Hours{})
		if got := next.Remind.Sub(now); got != want*time.Hour {
			t.Errorf("the next after %d is in %s, want %dh", next.Reminders, got, want)
		}
		it, now = next, next.Remind
	}
	r := Request{Expires: evening.Add(time.Hour), Items: []Item{Item{State: Pending}.Enter(Rule{}, 0, evening, Hours{})}}
	if at, open := r.Next(); !open || !at.Equal(r.Expires) {
		t.Errorf("due %s", at)
	}
	r.Items[0].Remind = evening
	if at, _ := r.Next(); !at.Equal(evening) {
		t.Errorf("due %s", at)
	}
	r.Items[0] = Item{State: Pending} // stored before there were reminders
	if at, _ := r.Next(); !at.Equal(r.Expires) {
		t.Errorf("due %s", at)
	}
}
