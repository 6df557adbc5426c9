package bench

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	grants  = 10
	length  = 15 * time.Second
	latest  = 3.0 // s: on a laptop a grant ends within three seconds of its time
	slowest = 5.0 // s: and begins before anybody wonders
)

// Ten people's worth of grants, one after the other: how long from the approval
// until Slack lists the member, and from the end until it does not.
func TestFromApprovalToMember(t *testing.T) {
	heavy(t)
	s := startSlack(t, "-people", "300", "-groups", "5", "-channels", "20", "-plan", "business")
	ada, lin, groups := s.stage()
	h := startHouse(t, s)
	h.connect(s)
	h.send("PUT", "/v1/policy", policyOf("leads-of-bench"), nil)
	asks, approves := h.as(s, ada), h.as(s, lin)

	var in, out []float64
	ends := make([]time.Time, grants)
	for i, g := range groups {
		request := asks.request(g, length)
		began := time.Now()
		grant := approves.approve(request)
		in = append(in, s.until(g, ada.ID, true, began.Add(20*time.Second)).Sub(began).Seconds())
		ends[i] = h.end(grant)
	}
	for i, g := range groups {
		out = append(out, s.until(g, ada.ID, false, ends[i].Add(20*time.Second)).Sub(ends[i]).Seconds())
	}
	const approval, end = "from approval to member in: ", "from end to member out: "
	told(approval+"p50", quantile(in, 50), "s")
	atMost(t, approval+"p95", quantile(in, 95), slowest, "s")
	told(end+"p50", quantile(out, 50), "s")
	atMost(t, end+"p95", quantile(out, 95), latest, "s")
	if early := slices.Min(out); early < -0.2 {
		t.Errorf("an access went %.1f s before its end", -early)
	}
}

// stage makes ten user groups with a standing member each, and one that approves.
func (s *sim) stage() (ada, lin person, groups []string) {
	s.t.Helper()
	var crew []person
	for _, p := range s.people(s.Teams[0]) {
		if p.full() && !p.Admin && !p.Owner {
			crew = append(crew, p)
		}
	}
	ada, lin = crew[0], crew[1]
	s.group("leads-of-bench", lin.ID)
	for i := range grants {
		groups = append(groups, s.group(fmt.Sprintf("bench-%d", i), crew[2].ID, crew[3].ID))
	}
	return ada, lin, groups
}

func (s *sim) group(handle string, members ...string) string {
	s.t.Helper()
	var made struct{ Usergroup struct{ ID string } }
	s.call("usergroups.create", url.Values{"name": {handle}, "handle": {handle}}, &made)
	s.call("usergroups.users.update", url.Values{"usergroup": {made.Usergroup.ID}, "users": {strings.Join(members, ",")}}, nil)
	return made.Usergroup.ID
}

// until asks Slack 50 times a second whether the account is in, and gives the
// time at which it was as wished.
func (s *sim) until(group, account string, in bool, last time.Time) time.Time {
	s.t.Helper()
	for {
		var list struct{ Users []string }
		s.call("usergroups.users.list", url.Values{"usergroup": {group}}, &list)
		now := time.Now()
		if slices.Contains(list.Users, account) == in {
			return now
		}
		if now.After(last) {
			s.t.Fatalf("%s in %s: still %v", account, group, !in)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// quantile is the nearest rank: of ten, p95 is the largest.
func quantile(list []float64, percent int) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[(len(sorted)*percent+99)/100-1]
}
