package console

import (
	"cmp"
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

// SpecPage is what review_form.html shows: a campaign's spec, or a template's, as
// one form; what it would stage once somebody asks for that.
type SpecPage struct {
	Frame
	Path       string // where the form goes
	Template   bool
	Edits      string // the draft that is edited; "": a new one
	Key        string // of the form: sent twice, it makes one draft, or one template
	Spec       Spec
	Connectors []Choice
	Kinds      []Choice
	Classes    []Choice
	Held       []Choice
	Every      []Choice
	Resources  Picker
	Levels     []LevelPick
	Fallback   Picker
	Admins     Picker
	Accuracy   flow.Accuracy
	Preview    *ScopePreview
	Wrong      map[string]string // by field
}

// LevelPick is one level of reviewers.
type LevelPick struct {
	Field, Says string
	Sources     []Choice
	Group       Picker
	People      Picker
	Open        bool
}

// Picker chooses people or resources by their names: what is chosen, and what fits
// what one typed.
type Picker struct {
	Field, Label, Hint string
	None               string // the words for none, where one at most is chosen; "": several are
	Typed              string
	Chosen, Found      []Pick
	Wrong              string
	Path               string // of the form
}

// Pick is one of them.
type Pick struct{ ID, Says, Small string }

// ScopePreview is what a spec would stage, in words.
type ScopePreview struct {
	flow.Preview
	Took    []Tally
	Left    []Tally
	Samples []Sample
}

// Sample is one line that a spec would stage.
type Sample struct {
	review.Fact
	Badges []string
	Advice string
	Tone   string
}

func (v *visit) newReview() error {
	s := v.blankSpec()
	if v.field("form") != "" {
		s = v.typedSpec()
	}
	return v.specAgain(SpecPage{Frame: v.frame("New access review"), Path: "/reviews/new", Spec: s}, nil)
}

func (v *visit) draftReview() error {
	p := SpecPage{Frame: v.frame("New access review"), Path: "/reviews/new", Spec: v.typedSpec()}
	x, err := p.Spec.spec()
	var c review.Campaign
	if err == nil || !v.by.Is(access.CampaignAdministrator) {
		c, err = v.s.house.DraftCampaignOnce(v.ctx(), v.by, v.field("key"), x)
		if fault.Is(err, fault.Already) || err == nil && c.State != review.Draft { // went back: changed it, or begins again
			c, err = v.s.house.DraftCampaign(v.ctx(), v.by, x)
		}
	}
	if fault.Is(err, fault.Invalid) {
		return v.specAgain(p, err)
	}
	return v.done(err, "/reviews/"+c.ID, "Saved as a draft. Nobody is told of it yet.")
}

func (v *visit) askEditReview() error {
	c, err := v.draftOf()
	if err != nil {
		return err
	}
	s := v.specFields(c.Spec)
	if v.field("form") != "" {
		s = v.typedSpec()
	}
	return v.specAgain(SpecPage{Frame: v.frame("Edit " + c.Name), Path: "/reviews/" + c.ID + "/edit", Edits: c.ID, Spec: s}, nil)
}

func (v *visit) draftOf() (flow.CampaignView, error) {
	c, err := v.s.house.ReadCampaign(v.ctx(), v.by, v.path("id"))
	if err == nil && c.State != review.Draft {
		err = fault.New("console.edit", fault.Invalid, "this review is %s; what it asks does not change any more", c.State)
	}
	return c, err
}

func (v *visit) editReview() error {
	id := v.path("id")
	p := SpecPage{Frame: v.frame("Edit the draft"), Path: "/reviews/" + id + "/edit", Edits: id, Spec: v.typedSpec()}
	x, err := p.Spec.spec()
	if err == nil || !v.by.Is(access.CampaignAdministrator) {
		_, err = v.s.house.EditCampaign(v.ctx(), v.by, id, x)
	}
	if fault.Is(err, fault.Invalid) && fault.FieldOf(err) != "" {
		return v.specAgain(p, err)
	}
	return v.done(v.ofReview(err), "/reviews/"+id, "Saved.")
}

// syncForReview is Sync now beside the form: what was typed stays.
func (v *visit) syncForReview() error {
	_, err := v.s.house.SyncForReview(v.ctx(), v.by, v.field("connector"))
	to := ours(v.field("at"))
	if len(v.r.PostForm) > 2 {
		to += "?" + v.typedAgain()
	}
	return v.done(err, to, "A sync has begun. Stage when it is done; the warnings here say when.")
}

// specAgain shows the form as it was filled, with what is wrong at its field.
func (v *visit) specAgain(p SpecPage, wrong error) error {
	if !v.by.Is(access.CampaignAdministrator) || v.by.Service {
		return fault.New("console.review", fault.Forbidden, "access reviews are drafted by campaign administrators; a super administrator can make you one")
	}
	p.Wrong = map[string]string{}
	if p.Edits == "" {
		p.Key = cmp.Or(v.field("key"), v.s.house.NewID("form"))
	}
	if err := v.specConnectors(&p); err != nil {
		return err
	}
	if wrong == nil && v.field("validate") != "" {
		wrong = v.previewSpec(&p)
	}
	if p.Preview == nil {
		a, err := v.s.house.ReviewAccuracy(v.ctx(), v.by, p.Spec.Connector)
		if err != nil && !hidden(err) {
			return err
		}
		p.Accuracy = a
	}
	status := 200
	if wrong != nil {
		says, code := v.sorry(wrong)
		if code >= 500 || !fault.Is(wrong, fault.Invalid) {
			return wrong
		}
		status, p.Wrong[cmp.Or(fault.FieldOf(wrong), "form")] = code, says
	}
	v.specChoices(&p)
	if err := v.specPickers(&p); err != nil {
		return err
	}
	return v.showAs(status, "review_form", p)
}

func (v *visit) specConnectors(p *SpecPage) error {
	all, err := v.s.house.ReadConnectors(v.ctx(), v.by)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c flow.ConnectorView) bool { return c.Collaborates() })
	if p.Spec.Connector == "" && len(all) > 0 {
		p.Spec.Connector = all[0].ID
	}
	for _, c := range all {
		p.Connectors = append(p.Connectors, Choice{Value: c.ID, Says: c.Name, Chosen: c.ID == p.Spec.Connector})
	}
	return nil
}

// previewSpec counts what the spec would stage.
func (v *visit) previewSpec(p *SpecPage) error {
	x, err := p.Spec.spec()
	if err != nil {
		return err
	}
	seen, err := v.s.house.PreviewScope(v.ctx(), v.by, x)
	if err != nil {
		return err
	}
	out := &ScopePreview{Preview: seen, Took: seenTally(seen.Seen), Left: leftTally(seen.Left)}
	for _, f := range seen.Samples {
		s := Sample{Fact: f, Badges: accountBadge(f.Facts)}
		s.Advice, s.Tone = adviceWords(f.Advice)
		out.Samples = append(out.Samples, s)
	}
	p.Preview, p.Accuracy = out, seen.Accuracy
	return nil
}

func (v *visit) specChoices(p *SpecPage) {
	s := p.Spec
	for _, k := range review.Reviewable {
		p.Kinds = append(p.Kinds, Choice{Value: string(k), Says: upper(reviewKinds[k]), Chosen: slices.Contains(s.Kinds, string(k))})
	}
	for _, c := range review.Classes {
		p.Classes = append(p.Classes, Choice{Value: string(c), Says: upper(reviewClasses[c]), Chosen: slices.Contains(s.Classes, string(c))})
	}
	for _, h := range []Choice{
		{Value: "", Says: "Both"}, {Value: string(review.Standing), Says: "Standing: without an end"}, {Value: string(review.Granted), Says: "Granted: given by Ebb, until an end"},
	} {
		h.Chosen = h.Value == s.Held
		p.Held = append(p.Held, h)
	}
	for _, e := range []review.Every{review.Monthly, review.Quarterly, review.Yearly} {
		p.Every = append(p.Every, Choice{Value: string(e), Says: upper(everyWords[e]), Chosen: string(e) == s.Every})
	}
}

func (v *visit) specPickers(p *SpecPage) error {
	var err error
	s := p.Spec
	p.Resources, err = v.pickResources(s.Connector, Picker{
		Field: "resources", Label: "Only these", Hint: "Empty: all of the kinds above. Type a part of a name.", Path: p.Path, Wrong: p.Wrong["resources"],
	}, s.Resources, "")
	if err != nil {
		return err
	}
	for i, l := range s.Levels {
		at := levelField(i)
		x := LevelPick{Field: at, Says: [...]string{"First", "Then", "And then"}[i], Open: i == 0 || l.By != ""}
		if i > 0 {
			x.Sources = append(x.Sources, Choice{Says: "nobody else", Chosen: l.By == ""})
		}
		for _, b := range review.Sources {
			x.Sources = append(x.Sources, Choice{Value: string(b), Says: reviewSources[b], Chosen: string(b) == l.By})
		}
		x.Group, err = v.pickResources(s.Connector, Picker{Field: at + "_group", Label: "Which user group?", None: "None", Path: p.Path}, one(l.Group), directory.UserGroup)
		if err != nil {
			return err
		}
		if x.People, err = v.pickPeople(s.Connector, Picker{Field: at + "_people", Label: "Which people?", Path: p.Path}, l.Accounts); err != nil {
			return err
		}
		p.Levels = append(p.Levels, x)
	}
	p.Fallback, err = v.pickPeople(s.Connector, Picker{
		Field: "fallback", Label: "Fallback", Hint: "Who reviews what nobody else is found for: nobody reviews their own access, and some resources have no owner.",
		Path: p.Path, Wrong: p.Wrong["fallback"],
	}, s.Fallback)
	if err != nil {
		return err
	}
	p.Admins, err = v.pickResources(s.Connector, Picker{
		Field: "admins", Label: "The admins' group", Hint: "Admins and owners outside this user group are advised to be denied.", None: "None: nothing is advised about that", Path: p.Path, Wrong: p.Wrong["admins"],
	}, one(s.Admins), directory.UserGroup)
	return err
}

func one(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}
