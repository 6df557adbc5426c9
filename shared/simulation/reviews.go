package simulation

import (
	"context"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
)

func init() {
	for name, do := range map[string]func(context.Context, *flow.House, access.Actor, string) error{
		"stage": func(ctx context.Context, h *flow.House, by access.Actor, id string) error {
			_, err := h.StageCampaign(ctx, by, id)
			return err
		},
		"start": func(ctx context.Context, h *flow.House, by access.Actor, id string) error {
			_, err := h.StartCampaign(ctx, by, id)
			return err
		},
		"abandon": func(ctx context.Context, h *flow.House, by access.Actor, id string) error {
			_, err := h.CancelCampaign(ctx, by, id)
			return err
		},
	} {
		verbs[name] = func(w *World, a Act) { w.campaign(a, do) }
	}
	verbs["draft"], verbs["template"], verbs["finish"] = (*World).draft, (*World).template, (*World).finish
	verbs["own"] = (*World).own
}

// Reviews reports whether the story has access reviews, or roles given by hand.
func (s Story) Reviews() bool {
	return s.reviewing() || slices.ContainsFunc(s.Acts, func(a Act) bool { return a.Do == "policy" && a.arg(0) == "G" })
}

// reviewing reports whether the story has access reviews.
func (s Story) reviewing() bool {
	return slices.ContainsFunc(s.Acts, func(a Act) bool { return a.Do == "draft" || a.Do == "template" })
}

// admin is who runs a campaign: root, or ada, who has that duty alone.
func (w *World) admin(name string) access.Actor {
	if p, ok := w.people[name]; ok {
		p.User.Duties = []access.Duty{access.CampaignAdministrator}
		return p
	}
	return w.root
}

// draft: WHO SPEC. Whoever gets no answer may draft twice; nobody stages the first.
func (w *World) draft(a Act) {
	s := w.specOf(a)
	w.person(a, func(ctx context.Context, h *flow.House) error {
		c, err := h.DraftCampaign(ctx, w.admin(a.arg(0)), s)
		if err == nil {
			w.made[a.N] = c.ID
		}
		return err
	})
}

// template: WHO SPEC. It stages and starts by itself; #N is what it drafted last.
func (w *World) template(a Act) {
	t := review.Template{Spec: w.specOf(a), Every: review.Monthly, Auto: true}
	w.person(a, func(ctx context.Context, h *flow.House) error {
		made, err := h.MakeTemplate(ctx, w.admin(a.arg(0)), t)
		if err == nil {
			w.made[a.N] = made.ID
		}
		return err
	})
}

// campaignOf is the campaign that an act drafted, or its template did last.
func (w *World) campaignOf(n int) string {
	id := w.made[n]
	if !strings.HasPrefix(id, "ut") {
		return id
	}
	t, err := w.store.Template(context.Background(), id)
	if err != nil {
		return ""
	}
	return t.Last
}

// campaign: stage|start|abandon WHO #N.
func (w *World) campaign(a Act, do func(context.Context, *flow.House, access.Actor, string) error) {
	if id := w.campaignOf(a.number(1)); id != "" {
		w.person(a, func(ctx context.Context, h *flow.House) error { return do(ctx, h, w.admin(a.arg(0)), id) })
	}
}

// finish: WHO #N [skip|revoke].
func (w *World) finish(a Act) {
	w.campaign(a, func(ctx context.Context, h *flow.House, by access.Actor, id string) error {
		_, err := h.EndCampaign(ctx, by, id, review.AtEnd(a.arg(2)))
		return err
	})
}

// own: RESOURCE WHO. Somebody comes to own a resource in Ebb.
func (w *World) own(a Act) {
	r, who := w.ids[a.arg(0)], w.ids[a.arg(1)]
	w.person(a, func(ctx context.Context, h *flow.House) error {
		w.reviews.owners = append(w.reviews.owners, pair{r, who})
		return h.SetOwners(ctx, w.root, w.conn, r, []string{who})
	})
}

// specOf reads the words of a draft: kinds=usergroup,channel level=named:lin,kim
// level=group:leads level=owner fallback=ada in=ops held=standing end=revoke, and
// ends, self, unchanged, public, new, findings.
func (w *World) specOf(a Act) review.Spec {
	s := review.Spec{Name: "Review", Connector: w.conn, AtEnd: review.SkipOpen, Days: 1}
	for _, word := range a.Args[1:] {
		key, value, _ := strings.Cut(word, "=")
		list := strings.Split(value, ",")
		switch key {
		case "kinds":
			for _, k := range list {
				s.Scope.Kinds = append(s.Scope.Kinds, directory.Kind(k))
			}
		case "level":
			s.Levels = append(s.Levels, w.levelOf(value))
		case "fallback":
			s.Fallback = w.idsOf(list)
		case "in":
			s.Scope.Resources = w.idsOf(list)
		case "held":
			s.Scope.Held = review.Held(value)
		case "end":
			s.AtEnd = review.AtEnd(value)
		case "ends":
			s.Ends = true
		case "self":
			s.Self = true
		case "unchanged":
			s.Unchanged = true
		case "public":
			s.Scope.Public = true
		case "new":
			s.Scope.New = true
		case "findings":
			s.Scope.Findings = true
		}
	}
	return s
}

func (w *World) levelOf(word string) review.Level {
	by, names, _ := strings.Cut(word, ":")
	l := review.Level{By: review.Source(by)}
	switch l.By {
	case review.ByNamed:
		l.Accounts = w.idsOf(strings.Split(names, ","))
	case review.ByGroup:
		l.Group = w.ids[names]
	}
	return l
}

// reviewsWait reports whether something of a review may still come to its end by
// itself.
func (w *World) reviewsWait() bool {
	if !w.story.reviewing() {
		return false
	}
	ctx := context.Background()
	for _, t := range must(w.store.Templates(ctx)) {
		if c, err := w.store.Campaign(ctx, t.Last); err == nil && t.Auto && c.Held == "" && slices.Contains([]review.State{review.Draft, review.Staged}, c.State) {
			return true
		}
	}
	return slices.ContainsFunc(must(w.store.Campaigns(ctx, 0)), func(c review.Campaign) bool {
		switch c.State {
		case review.Staging, review.Ending:
			return true
		case review.Running:
			return c.Ends && c.Deadline.Before(w.now().Add(restFor))
		case review.Completed:
			return c.Settled.IsZero() && len(w.unsettled(c)) == 0
		}
		return false
	})
}

// unsettled are the denied lines of a campaign whose removal is truly not over.
func (w *World) unsettled(c review.Campaign) []review.Line {
	ctx := context.Background()
	return slices.DeleteFunc(must(w.store.Taking(ctx, c.ID, "", 0)), func(l review.Line) bool {
		if l.Manual != "" {
			m := must(w.store.Manual(ctx, l.Manual))
			return !m.Waits()
		}
		return !live(w.grants[l.Grant])
	})
}
