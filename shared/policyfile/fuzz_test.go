package policyfile

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// FuzzParse: nothing panics; what is refused says where; what parses has rules
// that hold together, denies what nobody asked and who is nobody, and is the
// same policy when it is parsed again; and Check has an answer to it.
func FuzzParse(f *testing.F) {
	for _, dir := range []string{"good", "bad", "check"} {
		files, _ := filepath.Glob("testdata/" + dir + "/*.yaml")
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := Parse(src)
		if err != nil {
			refusedWell(t, err)
			return
		}
		ids := map[string]bool{}
		for _, r := range p.Rules {
			if ids[r.ID] {
				t.Errorf("two rules are %q", r.ID)
			}
			ids[r.ID] = true
			sound(t, r)
		}
		denies(t, p)
		if again, err := Parse(src); err != nil || !reflect.DeepEqual(p, again) {
			t.Errorf("parsed again it is another policy: %v", err)
		}
		for _, problem := range Check(p) {
			if problem.Text == "" || problem.Line < 1 {
				t.Errorf("%+v", problem)
			}
		}
	})
}

// denies asks what no policy may allow: nothing, by nobody, for nobody, for no
// time or for longer than a rule says.
func denies(t *testing.T, p access.Policy) {
	if d := p.Decide(access.Ask{}); d.Allowed || d.Auto {
		t.Errorf("allows nothing to nobody: %+v", d)
	}
	for _, r := range p.Rules {
		q := asked(r)
		whole := p.Decide(q)
		if whole.Allowed && (whole.Rule.Max < q.Length || !whole.Auto && deciders(whole.Rule).None()) {
			t.Errorf("rule %q allows %v, and nobody could approve it or it is too long", whole.Rule.ID, q.Length)
		}
		for what, change := range map[string]func(*access.Ask){
			"a deactivated requester": func(q *access.Ask) { q.Requester.Account.State = directory.Deactivated },
			"an ended requester":      func(q *access.Ask) { q.Requester.Ended = true },
			"an ended subject":        func(q *access.Ask) { q.SubjectEnded = true },
			"a bot":                   func(q *access.Ask) { q.Subject.Kind = directory.Bot },
			"a guest":                 func(q *access.Ask) { q.Subject.Kind = directory.SingleChannelGuest },
			"no time":                 func(q *access.Ask) { q.Length = 0 },
			"too long a time":         func(q *access.Ask) { q.Length = access.Longest + 1 },
			"another entitlement":     func(q *access.Ask) { q.Slug = "admin" },
			"a managed group":         func(q *access.Ask) { q.Resource.Managed, q.Resource.General = true, true },
		} {
			q := asked(r)
			change(&q)
			if d := p.Decide(q); d.Allowed || d.Auto {
				t.Errorf("rule %q allows %s: %+v", d.Rule.ID, what, d)
			}
		}
	}
}

var judge = NewConditions()

// asked is a question that a rule speaks of, by its own first names.
func asked(r access.Rule) access.Ask {
	res := directory.Resource{ID: "S1", Kind: r.Resources.Kind, Workspace: "T1", Name: "x", Private: true, Reached: true}
	if len(r.Resources.IDs) > 0 {
		res.ID = r.Resources.IDs[0]
	} else {
		res.Name = strings.ReplaceAll(r.Resources.Names[0], "*", "x")
	}
	if len(r.Resources.Workspaces) > 0 {
		res.Workspace = r.Resources.Workspaces[0]
	}
	a := directory.Account{ID: "U1", Kind: directory.Human, State: directory.Active, Roles: map[string]directory.WorkspaceRole{res.Workspace: directory.Owner}}
	if len(r.Requesters.Accounts) > 0 {
		a.ID = r.Requesters.Accounts[0]
	}
	p := access.Person{User: "u_1", Account: a}
	for _, g := range r.Requesters.Groups {
		p.Groups = append(p.Groups, directory.Resource{ID: g, Name: strings.TrimPrefix(g, "@"), Kind: directory.UserGroup, Workspace: res.Workspace})
	}
	return access.Ask{Requester: p, Subject: a, SubjectUser: "u_1", Resource: res, Slug: r.Slug, Length: max(r.Max, 1), Proven: true, Condition: judge}
}

func refusedWell(t *testing.T, err error) {
	var list Errors
	if !fault.Is(err, fault.Invalid) || !errors.As(err, &list) || len(list) == 0 {
		t.Fatalf("not an Invalid with Errors: %v", err)
	}
	for _, p := range list {
		if p.Line < 1 || p.Text == "" || p.Warning {
			t.Errorf("%+v", p)
		}
	}
}

// sound holds a rule against what access expects of one.
func sound(t *testing.T, r access.Rule) {
	never := !r.Auto && deciders(r).None()
	switch {
	case !ruleID.MatchString(r.ID), r.Line < 1, r.Slug != "member", r.Requesters.None():
		t.Errorf("incomplete: %+v", r)
	case r.Resources.Kind != directory.UserGroup && r.Resources.Kind != directory.Channel:
		t.Errorf("kind %q", r.Resources.Kind)
	case len(r.Resources.IDs)+len(r.Resources.Names) == 0:
		t.Errorf("names nothing: %+v", r)
	case r.Max < 0 || r.Max > access.Longest || (r.Max == 0) != never:
		t.Errorf("max %v, never %v", r.Max, never)
	case r.Wait < 0 || r.Wait > LongestWait, deciders(r).Anyone, r.Auto && !deciders(r).None():
		t.Errorf("%+v", r)
	case r.Empty.Keep != "" && r.Empty.Disable:
		t.Errorf("two ways out: %+v", r.Empty)
	}
	for _, a := range r.Steps {
		if a.Approvers.None() || a.Need < 0 || a.Need > mostNeed || (a.After == 0) != reflect.DeepEqual(a.Then, access.Late{}) {
			t.Errorf("step %+v", a)
		}
	}
	for _, p := range r.Resources.Names {
		if _, err := path.Match(p, "x"); err != nil {
			t.Errorf("pattern %q", p)
		}
	}
}
