package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// specFlags say what is reviewed, by whom, and for how long.
type specFlags struct {
	Name      string   `help:"What it is called."`
	Kinds     []string `placeholder:"KIND" group:"What is reviewed:" help:"workspace, usergroup, channel, orgrole; all of them when missing."`
	Public    bool     `group:"What is reviewed:" help:"Public channels too."`
	Only      []string `placeholder:"RESOURCE" group:"What is reviewed:" help:"Only these: @handle, '#channel' or an id."`
	Accounts  []string `placeholder:"CLASS" group:"What is reviewed:" help:"Only accounts of these classes: members, guests, externals, bots, admins, deactivated, inactive, no-two-factor."`
	Inactive  int      `placeholder:"DAYS" group:"What is reviewed:" help:"What inactive means; 90 when missing."`
	Held      string   `enum:",standing,granted" default:"" placeholder:"standing|granted" group:"What is reviewed:" help:"Only access that is held that way."`
	New       bool     `group:"What is reviewed:" help:"Only what was not certified before, or came since."`
	Findings  bool     `group:"What is reviewed:" help:"Only what an open finding is about."`
	Admins    string   `placeholder:"@GROUP" group:"What is reviewed:" help:"The user group outside which nobody should be admin or owner; for the advice."`
	Reviewers []string `sep:"none" placeholder:"WHO" group:"Who reviews:" help:"owner, creator, manager, group:@handle or named:ada,lin. Given again, it is the next level."`
	Fallback  []string `placeholder:"PERSON" group:"Who reviews:" help:"Who reviews what a level finds nobody for."`
	Self      bool     `group:"Who reviews:" help:"People may review their own access."`
	Unchanged bool     `group:"Who reviews:" help:"Reviewers may certify at once what did not change."`
	Days      int      `default:"14" group:"How it ends:" help:"How long it runs."`
	AtEnd     string   `enum:",skip,revoke" default:"" placeholder:"skip|revoke" group:"How it ends:" help:"What becomes of lines that nobody decides."`
	Ends      bool     `group:"How it ends:" help:"It ends by itself after its days; else a person ends it."`
}

// spec finds what was named in the directory.
func (x *specFlags) spec(ctx context.Context, c *Client) (apiclient.CampaignSpec, error) {
	out := apiclient.CampaignSpec{
		Name: x.Name, Public: x.Public, InactiveDays: x.Inactive, Held: apiclient.CampaignSpecHeld(x.Held), New: x.New, Findings: x.Findings,
		Self: x.Self, Unchanged: x.Unchanged, Days: x.Days, AtEnd: apiclient.CampaignSpecAtEnd(x.AtEnd), Ends: x.Ends,
	}
	switch {
	case x.Name == "":
		return out, fmt.Errorf("say what it is called with --name")
	case len(x.Reviewers) == 0:
		return out, fmt.Errorf("say who reviews with --reviewers: owner, creator, manager, group:@handle or named:ada,lin")
	case x.AtEnd == "":
		return out, fmt.Errorf("say what becomes of lines that nobody decides: --at-end skip or --at-end revoke")
	}
	conn, err := c.connector(ctx)
	if err != nil {
		return out, err
	}
	out.Connector = conn.Id
	for _, k := range x.Kinds {
		out.Kinds = append(out.Kinds, apiclient.CampaignSpecKinds(k))
	}
	for _, a := range x.Accounts {
		out.Accounts = append(out.Accounts, apiclient.CampaignSpecAccounts(strings.ReplaceAll(a, "no-two", "no two")))
	}
	for _, name := range x.Only {
		r, err := c.resource(ctx, name)
		if err != nil {
			return out, err
		}
		out.Resources = append(out.Resources, r.Id)
	}
	if x.Admins != "" {
		r, err := c.resource(ctx, x.Admins)
		if err != nil {
			return out, err
		}
		out.Admins = r.Id
	}
	if out.Fallback, err = c.accounts(ctx, x.Fallback); err != nil {
		return out, err
	}
	for _, who := range x.Reviewers {
		l, err := c.level(ctx, who)
		if err != nil {
			return out, err
		}
		out.Levels = append(out.Levels, l)
	}
	return out, nil
}

// level reads owner, creator, manager, group:@handle or named:ada,lin.
func (c *Client) level(ctx context.Context, text string) (apiclient.ReviewLevel, error) {
	by, who, _ := strings.Cut(text, ":")
	out := apiclient.ReviewLevel{By: apiclient.ReviewLevelBy(by)}
	var err error
	switch out.By {
	case apiclient.Group:
		var r apiclient.Resource
		r, err = c.resource(ctx, who)
		out.Group = r.Id
	case apiclient.Named:
		out.Accounts, err = c.accounts(ctx, strings.Split(who, ","))
	case apiclient.Owner, apiclient.Creator, apiclient.Manager:
		if who != "" {
			err = fmt.Errorf("--reviewers: %s takes nobody by name", by)
		}
	default:
		err = fmt.Errorf("--reviewers: %q is none of owner, creator, manager, group:@handle, named:ada,lin", text)
	}
	return out, err
}

// accounts finds people by name.
func (c *Client) accounts(ctx context.Context, names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		a, err := c.account(ctx, strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		out = append(out, a.Id)
	}
	return out, nil
}

// ReviewDraftCmd is ebb review draft.
type ReviewDraftCmd struct {
	ClientFlags
	specFlags
}

// Run drafts one.
func (x *ReviewDraftCmd) Run(c *Client) error {
	s, err := x.spec(background(), c)
	if err != nil {
		return err
	}
	r, err := sure[apiclient.Campaign]("", func(key string) (*http.Response, error) {
		return c.api.DraftCampaign(background(), &apiclient.DraftCampaignParams{IdempotencyKey: &key}, s)
	})
	if err != nil {
		return err
	}
	return c.show(r, func(w io.Writer) { c.tellReview(w, r) })
}

// ReviewEditCmd is ebb review edit.
type ReviewEditCmd struct {
	oneReview
	specFlags
}

// Run gives a draft another spec.
func (x *ReviewEditCmd) Run(c *Client) error {
	s, err := x.spec(background(), c)
	if err != nil {
		return err
	}
	r, err := call[apiclient.Campaign](c.api.EditCampaign(background(), string(x.ID), s))
	if err != nil {
		return err
	}
	return c.show(r, func(w io.Writer) { c.tellReview(w, r) })
}

// ReviewPreviewCmd is ebb review preview.
type ReviewPreviewCmd struct {
	ClientFlags
	specFlags
}

// Run says what would be staged now.
func (x *ReviewPreviewCmd) Run(c *Client) error {
	x.Name, x.AtEnd = cmp.Or(x.Name, "preview"), cmp.Or(x.AtEnd, "skip")
	s, err := x.spec(background(), c)
	if err != nil {
		return err
	}
	p, err := call[apiclient.CampaignPreview](c.api.PreviewCampaign(background(), s))
	if err != nil {
		return err
	}
	return c.show(p, func(w io.Writer) {
		tellAccuracy(w, p.Accuracy)
		fmt.Fprintf(w, "%s in %s; %d of the lines with nobody to review them, %d new, %d advised to be denied. Last good sync: %s.\n",
			counted(p.Lines, "line"), counted(p.Lists, "list"), p.Unassigned, p.New, p.Denies, c.clock(p.Accuracy.Synced))
		tellLeftOut(w, "  ", p.Left)
		if p.Cut {
			fmt.Fprintln(w, "There is more than could be counted in this time.")
		}
		rows := [][]string{{"WHERE", "WHO", "WHAT", "HELD", "ADVICE"}}
		for _, f := range p.Samples {
			rows = append(rows, []string{calledResource(f.Resource), called(f.Account), f.Entitlement, string(f.Held), advice(f)})
		}
		table(w, rows)
		if p.Hidden > 0 {
			fmt.Fprintf(w, "… and samples of private resources that you may not know: %d\n", p.Hidden)
		}
	})
}

// ReviewTemplatesCmd is ebb review templates.
type ReviewTemplatesCmd struct{ ClientFlags }

// Run lists them.
func (x *ReviewTemplatesCmd) Run(c *Client) error {
	list, err := call[struct{ Items []apiclient.CampaignTemplate }](c.api.ListTemplates(background()))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) {
		if len(list.Items) == 0 {
			fmt.Fprintln(w, "No template drafts reviews: ebb review template add makes one.")
			return
		}
		rows := [][]string{{"ID", "NAME", "EVERY", "NEXT", "STARTS BY ITSELF", "LAST"}}
		for _, t := range list.Items {
			next := c.clock(t.Next)
			if t.Stopped {
				next = "stopped"
			}
			rows = append(rows, []string{t.Id, t.Spec.Name, string(t.Every), next, yes(t.Auto), t.Last})
		}
		table(w, rows)
	})
}

// ReviewTemplateCmd is ebb review template.
type ReviewTemplateCmd struct {
	Add  ReviewTemplateAddCmd  `cmd:"" help:"Draft the same review every month, quarter or year."`
	Stop ReviewTemplateStopCmd `cmd:"" help:"Stop a template; what it drafted stays."`
}

// ReviewTemplateAddCmd is ebb review template add.
type ReviewTemplateAddCmd struct {
	ClientFlags
	specFlags
	Every string `required:"" enum:"monthly,quarterly,yearly" placeholder:"monthly|quarterly|yearly" help:"How often."`
	First string `placeholder:"TIME" help:"When the first is drafted: \"2026-12-01 09:00\" or +2d; now when missing, which --auto does not take."`
	Auto  bool   `help:"Stage and start it, too, once the connector is fresh."`
}

// Run makes it.
func (x *ReviewTemplateAddCmd) Run(c *Client) error {
	if x.Auto && x.First == "" {
		return errors.New("with --auto say when the first one is to start: --first \"2026-12-01 09:00\", or --first +1h for one today")
	}
	first, err := moment(x.First, c.now())
	if err != nil {
		return err
	}
	s, err := x.spec(background(), c)
	if err != nil {
		return err
	}
	t, err := sure[apiclient.CampaignTemplate]("", func(key string) (*http.Response, error) {
		return c.api.MakeTemplate(background(), &apiclient.MakeTemplateParams{IdempotencyKey: &key},
			apiclient.NewTemplate{Spec: s, Every: apiclient.TemplateEvery(x.Every), First: first, Auto: x.Auto})
	})
	if err != nil {
		return err
	}
	return c.show(t, func(w io.Writer) {
		fmt.Fprintf(w, "%s drafts %s %s, next %s.\n", clean(t.Id), clean(t.Spec.Name), t.Every, c.clock(t.Next))
	})
}

// ReviewTemplateStopCmd is ebb review template stop.
type ReviewTemplateStopCmd struct {
	ClientFlags
	ID ident `arg:"" help:"The template."`
}

// Run stops it.
func (x *ReviewTemplateStopCmd) Run(c *Client) error {
	t, err := call[apiclient.CampaignTemplate](c.api.StopTemplate(background(), string(x.ID)))
	if err != nil {
		return err
	}
	return c.show(t, func(w io.Writer) { fmt.Fprintf(w, "%s is stopped.\n", clean(t.Id)) })
}
