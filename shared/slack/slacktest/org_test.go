package slacktest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

func TestOneWorkspaceOnEnterpriseIsAnOrganization(t *testing.T) {
	s := newStage(t, Options{Plan: PlanEnterprise})
	if s.org.EnterpriseID() == "" || len(s.org.TeamIDs()) != 1 {
		t.Error(s.org.EnterpriseID(), s.org.TeamIDs())
	}
	s.refused("missing_argument", "users.list")
	s.ok("admin.teams.list")
}

func TestTheInProcessClientNeedsNoServer(t *testing.T) {
	org := NewEmpty(Options{})
	r, _ := http.NewRequest(http.MethodPost, "http://slack.test/api/auth.test", strings.NewReader("token="+org.BotToken()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := org.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if body := readAll(res); res.StatusCode != 200 || !strings.Contains(body, `"ok":true`) {
		t.Error(body)
	}
	org.Inject(Fault{Kind: Cut})
	if _, err := org.Client().Get("http://slack.test/api/auth.test"); err == nil || !strings.Contains(err.Error(), io.ErrUnexpectedEOF.Error()) {
		t.Error(err)
	}
}

func TestTheInProcessClientLooksTheSameAsAServer(t *testing.T) {
	s := newStage(t, Options{})
	for _, client := range []*http.Client{http.DefaultClient, s.org.Client()} {
		r := s.request("users.list", "application/x-www-form-urlencoded", "limit=1000")
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if body := readAll(res); body != `{"error":"invalid_limit","ok":false}` || res.Header.Get("X-OAuth-Scopes") == "" {
			t.Error(body, res.Header)
		}
		res.Body.Close()
	}
}

func TestManyAtOnce(t *testing.T) {
	s := newStage(t, Options{Tiers: true})
	owner := s.org.PrimaryOwner(s.org.TeamIDs()[0])
	g := s.org.AddGroup(Group{Name: "On-call", Members: []string{owner}})
	c := s.org.AddChannel(Channel{Name: "alerts", Members: []string{owner}})
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			id := s.org.HandJoin(User{Name: fmt.Sprint("u", i)})
			s.org.HandAddToGroup(owner, g, id)
			s.org.HandInvite(c, id)
			for _, method := range []string{"users.list", "usergroups.list", "conversations.list", "auth.test"} {
				res, err := http.DefaultClient.Do(s.request(method, "application/x-www-form-urlencoded", ""))
				if err != nil {
					t.Error(err)
					return
				}
				res.Body.Close()
			}
			s.org.HandKick(c, id)
			_, _, _ = s.org.Calls(), s.org.Stats(), s.org.PendingEvents()
		})
	}
	wait.Wait()
	if got := len(s.org.GroupMembers(g)); got != 9 {
		t.Error("members:", got)
	}
	same(t, "channel", s.org.ChannelMembers(c), []string{owner})
}

func TestWrongIDsInHandsPanic(t *testing.T) {
	org := NewEmpty(Options{})
	for name, hand := range map[string]func(){
		"group": func() { org.HandDisableGroup("", "S0NOWHERE") }, "channel": func() { org.HandKick("C0NOWHERE", "") },
		"user": func() { org.HandDeactivate("U0NOBODY") }, "preference": func() { org.SetPref("", "who_can_fly", "everyone") },
		"value": func() { org.SetPref("", PrefEditUserGroups, "nobody") }, "twice": func() { org.AddUser(User{ID: USLACKBOT}) },
		"org token": func() { org.Token(TokenSpec{OrgWide: true}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error(name, "did not panic")
				}
			}()
			hand()
		}()
	}
	org.AddUser(User{Name: "still alive"}) // no lock was left behind
}
