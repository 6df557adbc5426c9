package console

import (
	"slices"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/review"
)

// TemplatePage is what review_template.html shows.
type TemplatePage struct {
	Frame
	review.Template
	Often string
	Facts []Fact
	Runs  bool
}

// newTemplate begins empty, or with what a campaign asks (from).
func (v *visit) newTemplate() error {
	p := SpecPage{Frame: v.frame("New template"), Path: "/templates/new", Template: true, Spec: v.blankSpec()}
	switch from := v.field("from"); {
	case v.field("form") != "":
		p.Spec = v.typedSpec()
	case from != "":
		c, err := v.s.house.ReadCampaign(v.ctx(), v.by, from)
		if err != nil {
			return err
		}
		p.Spec = v.specFields(c.Spec)
	default:
		p.Spec.Name = "Access review"
	}
	return v.specAgain(p, nil)
}

func (v *visit) makeTemplate() error {
	p := SpecPage{Frame: v.frame("New template"), Path: "/templates/new", Template: true, Spec: v.typedSpec()}
	t, err := v.templateOf(p.Spec)
	if err == nil || !v.by.Is(access.CampaignAdministrator) {
		want := t
		t, err = v.s.house.MakeTemplateOnce(v.ctx(), v.by, v.field("key"), want)
		if fault.Is(err, fault.Already) || err == nil && t.Stopped { // went back: changed it, or begins again
			t, err = v.s.house.MakeTemplate(v.ctx(), v.by, want)
		}
	}
	if fault.Is(err, fault.Invalid) {
		return v.specAgain(p, err)
	}
	return v.done(err, "/templates/"+t.ID, "It drafts its campaigns from now on.")
}

func (v *visit) template() error {
	all, err := v.s.house.ReadTemplates(v.ctx(), v.by)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(t review.Template) bool { return t.ID == v.path("id") })
	if i < 0 {
		return fault.New("console.template", fault.NotFound, "there is no template %s", v.path("id"))
	}
	t := all[i]
	p := TemplatePage{Frame: v.frame(t.Name), Template: t, Often: everyWords[t.Every], Runs: v.by.Is(access.CampaignAdministrator) && !v.by.Service}
	if p.Facts, err = v.specWords(t.Spec); err != nil {
		return err
	}
	return v.show("review_template", p)
}

func (v *visit) stopTemplate() error {
	_, err := v.s.house.StopTemplate(v.ctx(), v.by, v.path("id"))
	return v.done(err, "/templates/"+v.path("id"), "Stopped. What it drafted stays.")
}
