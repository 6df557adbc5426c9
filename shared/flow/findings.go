package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
)

// Whatever brings a change into the directory (a sync, an event, a pass of
// converge) first holds it against what Ebb did (access.Outside): what others did
// becomes a finding, before the directory's row, so that a step which dies in
// between finds it again. Of what is not certain no row is written either; the
// next look sees it anew.

// clocksApart is how far Slack's clock in an event and ours may lie apart.
const clocksApart = 10 * time.Second

// shownBy is what showed a change: a look, and the run or notice that made it.
type shownBy struct {
	access.Look
	run, notice string
}

// told is the look of an event.
func (h *House) told(n connector.Notice) shownBy {
	return shownBy{access.Look{From: n.Told.Add(-clocksApart), Date: n.Date, Now: h.Now()}, "", n.ID}
}

// drift judges accounts that a look shows on a resource and the directory did not
// know there. It saves what others did and gives those that may go into the
// directory.
func (h *House) drift(ctx context.Context, c connector.Connector, r directory.Resource, st access.Standing, fresh []string, by shownBy) ([]string, error) {
	known, found := outside(c, r, st, fresh, by)
	return known, h.found(ctx, found...)
}

// outside sorts the accounts: of whom something is certain, and what others did.
func outside(c connector.Connector, r directory.Resource, st access.Standing, fresh []string, by shownBy) (known []string, found []directory.Finding) {
	slices.Sort(fresh)
	for _, a := range fresh {
		f := directory.Finding{
			Connector: r.Connector, Resource: r.ID, Slug: "member", Account: a, Seen: by.Now, Run: by.run, Notice: by.notice,
		}
		switch st.Outside(a, r, by.Look) {
		case access.Unsure:
			continue
		case access.Back:
			f.Kind, f.GoneAt = directory.CameBack, st.Holds[a].GoneAt
		case access.Theirs:
			if closed := r.Kind == directory.UserGroup || r.Private; closed && a != c.BotUser {
				f.Kind = directory.Came // a public channel is joined by whoever likes
			}
		}
		known = append(known, a)
		if f.Kind != "" {
			found = append(found, f)
		}
	}
	return known, found
}

// found saves findings that are news, a resource's together.
func (h *House) found(ctx context.Context, seen ...directory.Finding) error {
	for part := range slices.Chunk(directory.FewFindings(seen), directory.MostFindings) {
		err := again(func() error {
			var fresh []directory.Finding
			var events []audit.Event
			for _, f := range part {
				next, news, err := h.see(ctx, f)
				if err != nil {
					return err
				}
				if news {
					fresh, events = append(fresh, next), append(events, h.findingEvent(next, string(next.Kind), ebb, nil))
				}
			}
			if len(fresh) == 0 {
				return nil
			}
			return h.Memory.SaveFindings(ctx, fresh, nil, nil, events...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// see is a finding after something showed it, and whether that is news.
func (h *House) see(ctx context.Context, f directory.Finding) (directory.Finding, bool, error) {
	was, err := h.Memory.Finding(ctx, f.FindingID())
	if err != nil && !fault.Is(err, fault.NotFound) {
		return f, false, err
	}
	next, news := was.See(f, h.Now())
	return next, news, nil
}

// lost closes the open findings of access that is not there any more: somebody
// took it away, or it went with what it was on. at is when, at the earliest; what
// was seen after that is another access.
func (h *House) lost(ctx context.Context, conn, resource string, gone []string, at time.Time) error {
	ids, err := h.openOf(ctx, conn, resource, gone, at)
	if err != nil {
		return err
	}
	return h.unfound(ctx, ids...)
}

// openOf are the open findings of accounts' access to a resource.
func (h *House) openOf(ctx context.Context, conn, resource string, accounts []string, at time.Time) ([]string, error) {
	if len(accounts) == 0 {
		return nil, nil
	}
	all, err := h.Memory.FindingsOf(ctx, conn, resource)
	var ids []string
	var open []directory.Finding
	for _, f := range all {
		if f.State == directory.FindingOpen && f.Stands() && slices.Contains(accounts, f.Account) && !f.Seen.After(at) {
			open = append(open, f)
		}
	}
	if err != nil || len(open) == 0 {
		return nil, err
	}
	st, err := h.Memory.Standing(ctx, conn, resource)
	for _, f := range open {
		// Who was left out of a list, being deactivated, comes back with reactivation.
		if !slices.ContainsFunc(st.Left, func(l access.Left) bool { return l.Account == f.Account }) {
			ids = append(ids, f.ID)
		}
	}
	return ids, err
}

// unfound closes findings of what is not so any more, where they are open.
func (h *House) unfound(ctx context.Context, ids ...string) error {
	for part := range slices.Chunk(ids, directory.MostFindings) {
		err := again(func() error {
			var over []directory.Finding
			var events []audit.Event
			for _, id := range part {
				f, is, err := h.overFinding(ctx, id)
				if err != nil {
					return err
				}
				if is {
					over, events = append(over, f), append(events, h.findingEvent(f, "gone", ebb, nil))
				}
			}
			if len(over) == 0 {
				return nil
			}
			return h.Memory.SaveFindings(ctx, over, nil, nil, events...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// overFinding is a finding that went by itself, and whether it is there and open.
func (h *House) overFinding(ctx context.Context, id string) (directory.Finding, bool, error) {
	f, err := h.Memory.Finding(ctx, id)
	if fault.Is(err, fault.NotFound) || err == nil && f.State != directory.FindingOpen {
		return f, false, nil
	}
	if err != nil {
		return f, false, err
	}
	f, err = f.Turn(directory.LostFinding, h.Now())
	return f, err == nil, err
}

// findingEvent tells what became of a finding; its words are "finding." and the
// kind, or what was done about it.
func (h *House) findingEvent(f directory.Finding, word, actor string, more map[string]string) audit.Event {
	data := map[string]string{
		"finding": f.ID, "kind": string(f.Kind), "connector": f.Connector, "resource": f.Resource, "account": f.Account,
		"run": f.Run, "notice": f.Notice, "gone": stamp(f.GoneAt), "code": f.Code, "request": f.Request, "entitlement": f.Slug,
	}
	if f.Count > 0 {
		data["count"] = fmt.Sprint(f.Count)
	}
	for k, v := range more {
		data[k] = v
	}
	return h.event("resource/"+f.Connector+"/"+f.Resource, "finding."+word, actor, data)
}
