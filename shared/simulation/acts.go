package simulation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/policyfile"
)

// verbs are what acts do. Filled in init: an act's verb may plan others.
var verbs map[string]func(*World, Act)

func init() {
	verbs = map[string]func(*World, Act){
		// through Ebb
		"ask": (*World).ask, "approve": (*World).approve, "deny": (*World).deny, "cancel": (*World).cancel,
		"click": (*World).click, "vouch": (*World).vouch, "veto": (*World).veto,
		"extend": (*World).extend, "end": (*World).end, "retry": (*World).retry,
		"policy": (*World).policy, "sync": (*World).startSync, "pause": (*World).pause, "resume": (*World).resume,
		"accept": (*World).acceptFinding, "remove": (*World).removeFinding, "keep": (*World).keepFinding,
		"confirm": (*World).confirm, "reinstall": (*World).reinstall,
		// by hand in Slack
		"hand-add": (*World).handAdd, "hand-remove": (*World).handRemove,
		"deactivate": (*World).deactivate, "reactivate": (*World).reactivate,
		"disable": (*World).disable, "enable": (*World).enable,
		"drop-bot": (*World).dropBot, "invite-bot": (*World).inviteBot, "revoke-tokens": (*World).revokeTokens,
		// circumstances
		"away": (*World).away, "storm": (*World).storm, "throttle": (*World).throttle,
		"lose-leases": (*World).loseLeases, "no-leases": (*World).leasesDown,
	}
}

func (a Act) arg(i int) string {
	if i < len(a.Args) {
		return a.Args[i]
	}
	return ""
}

// number reads #N.
func (a Act) number(i int) int {
	var n int
	_, _ = fmt.Sscanf(a.arg(i), "#%d", &n)
	return n
}

func (a Act) duration(i int) time.Duration {
	d, err := time.ParseDuration(a.arg(i))
	if err != nil {
		return time.Minute
	}
	return d
}

// person does something through the API as people do: after an error they look
// again and try again, a few times.
func (w *World) person(a Act, do func(context.Context, *flow.House) error) {
	w.try(a, 0, do)
}

func (w *World) try(a Act, n int, do func(context.Context, *flow.House) error) {
	name := fmt.Sprintf("act %d", a.N)
	if n > 0 {
		name += fmt.Sprintf(" again %d", n)
	}
	w.launch("api", name, 29*time.Second, do, func(e ending) {
		final := e.err == nil || fault.Is(e.err, fault.Invalid, fault.Forbidden, fault.NotFound, fault.Permanent, fault.Already)
		if n < 4 && (e.died || !final) {
			w.in(time.Duration(3+n*7)*time.Second, func() { w.try(a, n+1, do) })
		}
	})
}

// ask: WHO RESOURCE LENGTH [for SUBJECT] [in DELAY] [as emergency].
func (w *World) ask(a Act) {
	asked := w.now()
	who := a.arg(0)
	q := flow.Asking{Connector: w.conn, Subject: w.ids[who], Resources: []string{w.ids[a.arg(1)]}, Length: a.duration(2), Reason: "because"}
	if isTeam(w.ids[a.arg(1)]) {
		q.Slug = "admin"
	}
	for i := 3; i+1 < len(a.Args); i += 2 {
		switch a.Args[i] {
		case "for":
			q.Subject = w.ids[a.Args[i+1]]
		case "in":
			q.Start = asked.Add(a.duration(i + 1))
		case "as":
			q.Emergency = true
		}
	}
	q.Key = fmt.Sprintf("act-%d", a.N)
	w.person(a, func(ctx context.Context, h *flow.House) error {
		r, err := h.Request(ctx, w.people[who], q)
		if err == nil {
			w.made[a.N] = r.ID
		}
		return err
	})
}

// requestOf is the request that an act made; "" when none is known (the act was
// refused, or nobody saw its answer).
func (w *World) requestOf(n int) string { return w.made[n] }

// grantOf is the grant of that request's first item.
func (w *World) grantOf(n int) string {
	id := w.requestOf(n)
	if id == "" {
		return ""
	}
	r, err := w.store.Request(context.Background(), id)
	if err != nil {
		return ""
	}
	return r.Items[0].Grant
}

// approval is that somebody said yes to a request at a time.
type approval struct {
	request, who string
	at           time.Time
}

func (w *World) approve(a Act) {
	id := w.requestOf(a.number(1))
	if id == "" {
		return
	}
	w.person(a, func(ctx context.Context, h *flow.House) error {
		w.approvals = append(w.approvals, approval{id, a.arg(0), w.now()})
		_, err := h.Approve(ctx, w.people[a.arg(0)], id, "go ahead")
		return err
	})
}

func (w *World) deny(a Act) {
	if id := w.requestOf(a.number(1)); id != "" {
		w.person(a, func(ctx context.Context, h *flow.House) error {
			_, err := h.Deny(ctx, w.people[a.arg(0)], id, "no")
			return err
		})
	}
}

func (w *World) cancel(a Act) {
	if id := w.requestOf(a.number(1)); id != "" {
		w.person(a, func(ctx context.Context, h *flow.House) error {
			_, err := h.Cancel(ctx, w.people[a.arg(0)], id)
			return err
		})
	}
}

func (w *World) extend(a Act) {
	id := w.grantOf(a.number(1))
	if id == "" {
		return
	}
	more := a.duration(2)
	w.person(a, func(ctx context.Context, h *flow.House) error {
		e, err := h.Extend(ctx, w.people[a.arg(0)], id, more)
		if err == nil && e.Request != nil {
			w.made[a.N] = e.Request.ID
		}
		return err
	})
}

func (w *World) end(a Act) {
	if id := w.grantOf(a.number(1)); id != "" {
		w.person(a, func(ctx context.Context, h *flow.House) error {
			_, err := h.EndAccess(ctx, w.people[a.arg(0)], id)
			return err
		})
	}
}

func (w *World) retry(a Act) {
	if id := w.grantOf(a.number(0)); id != "" {
		w.person(a, func(ctx context.Context, h *flow.House) error {
			_, err := h.Retry(ctx, w.root, id)
			return err
		})
	}
}

func (w *World) policy(a Act) {
	p := must(policyfile.Parse([]byte(w.yaml(a.arg(0)))))
	w.person(a, func(ctx context.Context, h *flow.House) error {
		_, _, err := h.Publish(ctx, w.root, p)
		return err
	})
}

func (w *World) startSync(a Act) {
	w.person(a, func(ctx context.Context, h *flow.House) error {
		_, err := h.StartSync(ctx, w.root, w.conn, nil)
		return err
	})
}

func (w *World) confirm(a Act) {
	w.person(a, func(ctx context.Context, h *flow.House) error {
		_, err := h.Confirm(ctx, w.root, w.conn)
		return err
	})
}

func (w *World) pause(a Act) {
	w.person(a, func(ctx context.Context, h *flow.House) error {
		_, err := h.PauseConnector(ctx, w.root, w.conn)
		return err
	})
}

func (w *World) resume(a Act) {
	w.person(a, func(ctx context.Context, h *flow.House) error {
		_, err := h.ResumeConnector(ctx, w.root, w.conn)
		return err
	})
}

// reinstall goes through OAuth again. People do that in one sitting, so nothing
// goes wrong with it here.
func (w *World) reinstall(Act) {
	w.disturb()
	w.install(context.Background(), w.quiet())
	w.truth.look(by{hand: true})
}

// owner is whose hand it is in Slack.
func (w *World) owner() string { return w.org.PrimaryOwner(w.org.TeamIDs()[0]) }

func isGroup(id string) bool { return strings.HasPrefix(id, "S") }

func (w *World) handAdd(a Act) {
	r, who := w.ids[a.arg(0)], w.ids[a.arg(1)]
	if w.org.User(who).Deleted {
		return // Slack's pages do not offer them
	}
	w.truth.hand(r, who, true)
	if isGroup(r) {
		w.org.HandAddToGroup(w.owner(), r, who)
	} else {
		w.org.HandInvite(r, who)
	}
	w.truth.look(by{hand: true}, append(w.truth.touched(r), w.resources...)...)
}

func (w *World) handRemove(a Act) {
	r, who := w.ids[a.arg(0)], w.ids[a.arg(1)]
	w.truth.hand(r, who, false)
	if isGroup(r) {
		w.org.HandRemoveFromGroup(w.owner(), r, who)
	} else {
		w.org.HandKick(r, who)
	}
	w.truth.look(by{hand: true}, append(w.truth.touched(r), w.resources...)...)
}

// meddle is a hand's edit of a list that a call is about to write.
func (w *World) meddle(t *task, resource string) {
	who := peopleNames[w.roll(t.name, t.calls, "who")%uint64(len(peopleNames))]
	do := "hand-add"
	if w.holds(resource, w.ids[who]) {
		do = "hand-remove"
	}
	verbs[do](w, Act{Do: do, Args: []string{w.names[resource], who}})
}

func (w *World) deactivate(a Act) {
	w.disturb()
	w.truth.died[w.ids[a.arg(0)]] = w.now()
	w.org.HandDeactivate(w.ids[a.arg(0)])
	w.truth.look(by{hand: true})
}

func (w *World) reactivate(a Act) {
	if w.org.User(w.ids[a.arg(0)]).Deleted {
		w.disturb()
		w.org.HandReactivate(w.ids[a.arg(0)])
		w.truth.revived[w.ids[a.arg(0)]] = w.now()
		w.truth.look(by{hand: true})
	}
}

func (w *World) disable(a Act) {
	if r := w.ids[a.arg(0)]; !w.org.Group(r).Disabled {
		w.disturb()
		w.org.HandDisableGroup(w.owner(), r)
	}
}

func (w *World) enable(a Act) {
	if r := w.ids[a.arg(0)]; w.org.Group(r).Disabled {
		w.disturb()
		w.org.HandEnableGroup(w.owner(), r)
	}
}

func (w *World) bot() string { return w.org.BotUser(w.org.TeamIDs()[0]) }

func (w *World) dropBot(a Act) {
	if b := w.bot(); b != "" {
		w.disturb()
		w.org.HandKick(w.ids[a.arg(0)], b)
	}
}

func (w *World) inviteBot(a Act) {
	if b := w.bot(); b != "" && !w.holds(w.ids[a.arg(0)], b) {
		w.disturb()
		w.org.HandInvite(w.ids[a.arg(0)], b)
	}
}

// revokeTokens is the administrator's tokens dying in Slack.
func (w *World) revokeTokens(Act) {
	t, err := tokens{w.vault}.Tokens(context.Background(), w.conn)
	if err != nil {
		return
	}
	w.disturb()
	for _, token := range []string{t.User, t.Bot} {
		if token != "" {
			w.org.RevokeToken(token)
		}
	}
}

func (w *World) loseLeases(Act) {
	w.disturb()
	for _, l := range w.leases {
		l.lost = true
	}
}

// window is a time in which a part of the world is out of order.
type window struct {
	kind  string
	until time.Time
}

func (w *World) away(a Act)       { w.open1(a, "away") }
func (w *World) storm(a Act)      { w.open1(a, "storm") }
func (w *World) throttle(a Act)   { w.open1(a, "throttle") }
func (w *World) leasesDown(a Act) { w.loseLeases(a); w.noLeases = w.now().Add(a.duration(0)) }

func (w *World) open1(a Act, kind string) {
	w.disturb()
	w.windows = append(w.windows, window{kind, w.now().Add(a.duration(0))})
	w.in(a.duration(0), w.disturb)
}

// window gives the mishap of a call while something is out of order: Slack away
// (503, now and then after it happened), a storm of 429s, a throttled table.
func (w *World) window(t *task, what string, kinds []mishap) (mishap, bool) {
	w.windows = slices.DeleteFunc(w.windows, func(x window) bool { return w.now().After(x.until) })
	for _, x := range w.windows {
		slack, tab := strings.HasPrefix(what, "slack"), strings.HasPrefix(what, "table")
		dice := w.roll(t.name, t.calls, x.kind) % 100
		name := ""
		switch {
		case x.kind == "away" && slack && dice < 5:
			name = "is cut but happens"
		case x.kind == "away" && slack:
			name = "is cut"
		case x.kind == "storm" && slack && dice < 70:
			name = "is limited"
		case x.kind == "throttle" && tab && dice < 40:
			name = "is throttled"
		}
		for _, m := range kinds {
			if name != "" && m.name == name {
				w.disturb()
				return m, true
			}
		}
	}
	return mishap{}, false
}

// live reports whether a grant is not over.
func live(g access.Grant) bool { return !g.State.Final() }
