package console

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// Spec is a campaign's spec as the fields of a form say it, so that nothing of what
// was typed is lost where something is wrong.
type Spec struct {
	Name, Connector string
	Kinds           []string
	Public          bool
	Resources       []string
	Classes         []string
	InactiveDays    string
	Held            string
	New, Findings   bool
	Levels          [review.MostLevels]LevelFields
	Fallback        []string
	Self, Unchanged bool
	AtEnd, Days     string
	Ends            bool
	Admins          string
	// Of a template.
	Every, First string
	Auto         bool
}

// LevelFields is one level of reviewers in the form.
type LevelFields struct {
	By, Group string
	Accounts  []string
}

// blankSpec is what a new form says.
func (v *visit) blankSpec() Spec {
	s := Spec{Days: "14", AtEnd: string(review.SkipOpen), Every: string(review.Quarterly), Name: v.now().In(v.zone()).Format("January 2006")}
	s.Levels[0].By = string(review.ByOwner)
	for _, k := range review.Reviewable {
		s.Kinds = append(s.Kinds, string(k))
	}
	s.First = v.now().In(v.zone()).AddDate(0, 0, 1).Format(time.DateOnly)
	return s
}

// specFields is a spec as a form says it.
func (v *visit) specFields(x review.Spec) Spec {
	s := v.blankSpec()
	s.Name, s.Connector, s.Public, s.Resources = x.Name, x.Connector, x.Scope.Public, x.Scope.Resources
	s.Kinds = nil
	for _, k := range x.Scope.StagedKinds() {
		s.Kinds = append(s.Kinds, string(k))
	}
	for _, c := range x.Scope.Accounts {
		s.Classes = append(s.Classes, string(c))
	}
	if x.Scope.InactiveDays > 0 {
		s.InactiveDays = strconv.Itoa(x.Scope.InactiveDays)
	}
	s.Held, s.New, s.Findings = string(x.Scope.Held), x.Scope.New, x.Scope.Findings
	for i, l := range x.Levels {
		if i < len(s.Levels) {
			s.Levels[i] = LevelFields{By: string(l.By), Group: l.Group, Accounts: l.Accounts}
		}
	}
	s.Fallback, s.Self, s.Unchanged, s.AtEnd = x.Fallback, x.Self, x.Unchanged, string(x.AtEnd)
	s.Days, s.Ends, s.Admins = strconv.Itoa(x.Days), x.Ends, x.Admins
	return s
}

// typedSpec reads the form.
func (v *visit) typedSpec() Spec {
	on := func(name string) bool { return v.field(name) != "" }
	s := Spec{
		Name: v.field("name"), Connector: v.field("connector"), Kinds: v.fields("kind"), Public: on("public"), Resources: v.fields("resources"),
		Classes: v.fields("class"), InactiveDays: v.field("inactive_days"), Held: v.field("held"), New: on("new"), Findings: on("findings"),
		Fallback: v.fields("fallback"), Self: on("self"), Unchanged: on("unchanged"), AtEnd: v.field("at_end"), Days: v.field("days"), Ends: on("ends"),
		Admins: v.field("admins"), Every: v.field("every"), First: v.field("first"), Auto: v.field("auto") == "start",
	}
	for i := range s.Levels {
		at := levelField(i)
		s.Levels[i] = LevelFields{By: v.field(at), Group: v.field(at + "_group"), Accounts: v.fields(at + "_people")}
	}
	return s
}

func levelField(i int) string { return "level" + strconv.Itoa(i+1) }

// spec is what the fields mean. A number that is none is an error at its field;
// everything else the verb judges.
func (s Spec) spec() (review.Spec, error) {
	const op = "console.review"
	x := review.Spec{
		Name: s.Name, Connector: s.Connector, Fallback: s.Fallback, Self: s.Self, Unchanged: s.Unchanged,
		AtEnd: review.AtEnd(s.AtEnd), Ends: s.Ends, Admins: s.Admins,
		Scope: review.Scope{Public: s.Public, Resources: s.Resources, Held: review.Held(s.Held), New: s.New, Findings: s.Findings},
	}
	if len(s.Kinds) == 0 {
		return x, fault.At(op, "kinds", "tick at least one kind")
	}
	for _, k := range s.Kinds {
		x.Scope.Kinds = append(x.Scope.Kinds, directory.Kind(k))
	}
	for _, c := range s.Classes {
		x.Scope.Accounts = append(x.Scope.Accounts, review.Class(c))
	}
	for i, l := range s.Levels {
		if l.By == "" {
			continue
		}
		if i > 0 && s.Levels[i-1].By == "" {
			return x, fault.At(op, "levels", "level %d has reviewers, and the one before it has none", i+1)
		}
		out := review.Level{By: review.Source(l.By)}
		switch out.By {
		case review.ByGroup:
			out.Group = l.Group
		case review.ByNamed:
			out.Accounts = l.Accounts
		}
		x.Levels = append(x.Levels, out)
	}
	var err error
	if x.Days, err = strconv.Atoi(s.Days); err != nil {
		return x, fault.At(op, "days", "say for how many days it runs, as a number")
	}
	if s.InactiveDays != "" {
		if x.Scope.InactiveDays, err = strconv.Atoi(s.InactiveDays); err != nil {
			return x, fault.At(op, "inactive_days", "say after how many days, as a number")
		}
	}
	return x, nil
}

// templateOf is what the fields of a template mean.
func (v *visit) templateOf(s Spec) (review.Template, error) {
	x, err := s.spec()
	t := review.Template{Spec: x, Every: review.Every(s.Every), Auto: s.Auto}
	if err != nil {
		return t, err
	}
	day, err := time.ParseInLocation(time.DateOnly, s.First, v.zone())
	if err != nil {
		return t, fault.At("console.review", "first", "say on which day the first campaign is drafted, as 2026-01-31")
	}
	t.First = day.Add(8 * time.Hour) // when people begin to work
	if now := v.now(); t.First.Before(now) && now.In(v.zone()).Format(time.DateOnly) == s.First {
		t.First = now
	}
	return t, nil
}

// typedAgain are the form's fields as a query, for the way back to it.
func (v *visit) typedAgain() string {
	q := url.Values{}
	for name, values := range v.r.PostForm {
		if name == "at" || strings.HasSuffix(name, "_q") {
			continue
		}
		q[name] = values
	}
	return q.Encode()
}
