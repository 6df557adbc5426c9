package policyfile

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// FuzzParse: nothing panics; what is refused says where; what parses has rules
// that hold together, and Check has an answer to it.
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
		for _, problem := range Check(p) {
			if problem.Text == "" || problem.Line < 1 {
				t.Errorf("%+v", problem)
			}
		}
	})
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
	never := !r.Auto && r.Approvers.None()
	switch {
	case !ruleID.MatchString(r.ID), r.Line < 1, r.Slug != "member", r.Requesters.None():
		t.Errorf("incomplete: %+v", r)
	case r.Resources.Kind != directory.UserGroup && r.Resources.Kind != directory.Channel:
		t.Errorf("kind %q", r.Resources.Kind)
	case len(r.Resources.IDs)+len(r.Resources.Names) == 0:
		t.Errorf("names nothing: %+v", r)
	case r.Max < 0 || r.Max > access.Longest || (r.Max == 0) != never:
		t.Errorf("max %v, never %v", r.Max, never)
	case r.Wait < 0 || r.Wait > LongestWait, r.Approvers.Anyone, r.Auto && !r.Approvers.None():
		t.Errorf("%+v", r)
	case r.Empty.Keep != "" && r.Empty.Disable:
		t.Errorf("two ways out: %+v", r.Empty)
	}
	for _, p := range r.Resources.Names {
		if _, err := path.Match(p, "x"); err != nil {
			t.Errorf("pattern %q", p)
		}
	}
}
