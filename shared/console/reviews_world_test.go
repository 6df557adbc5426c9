package console_test

import (
	"net/url"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/review"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// campaigner is somebody who runs access reviews and nothing else, a member of no
// private channel.
func (w *world) campaigner() {
	w.Helper()
	w.Account["campaigner"] = w.Slack.AddUser(slacktest.User{Name: "cam", RealName: "Cam Example", Email: "cam@example.com"})
	w.Sync(w.Conn)
	u, err := w.House.Bind(w.Context(), w.As("root"), w.Conn, w.Account["campaigner"], []access.Duty{access.CampaignAdministrator})
	w.OK(err)
	w.User["campaigner"] = u
}

// owned makes lin the owner of private channels, who may know of them and so reviews
// them.
func (w *world) owned(channels ...string) {
	w.Helper()
	for _, id := range channels {
		w.OK(w.House.SetOwners(w.Context(), w.As("root"), w.Conn, id, []string{w.Account["lin"]}))
	}
}

// spec is a review of user groups and channels by lin, and by the owner where lin
// would review her own.
func (w *world) spec() review.Spec {
	return review.Spec{
		Name: "Autumn <b>24</b>", Connector: w.Conn, Days: 14, AtEnd: review.SkipOpen, Fallback: []string{w.Account["owner"]},
		Scope:  review.Scope{Kinds: []directory.Kind{directory.UserGroup, directory.Channel}, Public: true},
		Levels: []review.Level{{By: review.ByNamed, Accounts: []string{w.Account["lin"]}}},
	}
}

// specForm is the same as a form says it, and what else is set.
func (w *world) specForm(more url.Values) url.Values {
	f := url.Values{
		"form": {"1"}, "name": {"Autumn"}, "connector": {w.Conn}, "kind": {"usergroup", "channel"}, "public": {"1"}, "days": {"14"}, "at_end": {"skip"},
		"level1": {"named"}, "level1_people": {w.Account["lin"]}, "fallback": {w.Account["owner"]},
	}
	for k, v := range more {
		f[k] = v
	}
	return f
}

// reviews lets the house look at reviews until nothing is due for a while.
func (w *world) reviews() {
	w.Helper()
	for range 50 {
		next, err := w.House.Review(w.Context())
		w.OK(err)
		if next.IsZero() || next.After(w.At.Add(time.Second)) {
			return
		}
		w.At = w.At.Add(time.Second)
	}
	w.Fatal("reviews never rest")
}

// reviewed is a campaign, and lin's list in it: a draft, staged only, or running.
func (w *world) reviewed(draft, staged bool) (campaign, list string) {
	w.Helper()
	return w.campaign(w.spec(), draft, staged)
}

func (w *world) campaign(s review.Spec, draft, staged bool) (campaign, list string) {
	w.Helper()
	w.owned(w.Incident, w.Hush)
	c, err := w.House.DraftCampaign(w.Context(), w.As("root"), s)
	w.OK(err)
	if draft {
		return c.ID, ""
	}
	_, err = w.House.StageCampaign(w.Context(), w.As("root"), c.ID)
	w.OK(err)
	w.reviews()
	if staged {
		return c.ID, ""
	}
	_, err = w.House.StartCampaign(w.Context(), w.As("root"), c.ID)
	w.OK(err)
	w.reviews()
	v, err := w.House.ReadCampaign(w.Context(), w.As("lin"), c.ID)
	w.OK(err)
	if len(v.Mine) == 0 {
		w.Fatal("lin has no list")
	}
	return c.ID, v.Mine[0].ID
}

// lines are somebody's lines in a campaign, in their first list.
func (w *world) lines(name, campaign string) []flow.LineView {
	w.Helper()
	v, err := w.House.ReadCampaign(w.Context(), w.As(name), campaign)
	w.OK(err)
	out, err := w.House.ReadReview(w.Context(), w.As(name), campaign, v.Mine[0].ID, flow.LineFilter{}, flow.Slice{Limit: 200})
	w.OK(err)
	return out.Lines.Items
}

// notes has lin note something.
func (w *world) notes(campaign, list string, verdict review.Verdict, ids ...string) {
	w.Helper()
	_, err := w.House.NoteReviews(w.Context(), w.As("lin"), flow.Noting{Campaign: campaign, Assignment: list, Lines: ids, Verdict: verdict, Comment: "as <i>agreed</i>"})
	w.OK(err)
}

// templated is a template.
func (w *world) templated() string {
	w.Helper()
	t, err := w.House.MakeTemplate(w.Context(), w.As("root"), review.Template{Spec: w.spec(), Every: review.Monthly, First: w.At.Add(24 * time.Hour)})
	w.OK(err)
	return t.ID
}

// rest carries a sync that is running to its end.
func (w *world) rest() {
	w.Helper()
	c, err := w.Store.Connector(w.Context(), w.Conn)
	w.OK(err)
	for c.LastRun != "" {
		run, err := w.Store.Run(w.Context(), c.LastRun)
		w.OK(err)
		if run.State != connector.Running {
			return
		}
		_, err = w.House.SyncStep(w.Context(), run.ID)
		w.OK(err)
		w.At = w.At.Add(time.Second)
	}
}

// byHand is a manual task: lin denied that sam is in a public channel.
func (w *world) byHand() string {
	w.Helper()
	c, list := w.reviewed(false, false)
	for _, l := range w.lines("lin", c) {
		if l.Resource == w.Open && l.Account == w.Account["sam"] {
			w.notes(c, list, review.Deny, l.ID)
		}
	}
	_, err := w.House.SubmitReviews(w.Context(), w.As("lin"), c, list)
	w.OK(err)
	all, err := w.House.ReadManuals(w.Context(), w.As("root"), true)
	w.OK(err)
	for _, m := range all {
		if m.Resource == w.Open {
			return m.ID
		}
	}
	w.Fatal("nothing is to be done by hand")
	return ""
}
