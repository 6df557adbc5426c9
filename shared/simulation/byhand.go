package simulation

import (
	"context"
	"strconv"
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/flow"
)

func init() {
	verbs["make-admin"] = func(w *World, a Act) { w.setAdmin(w.ids[a.arg(0)], true) }
	verbs["unmake-admin"] = func(w *World, a Act) { w.setAdmin(w.ids[a.arg(0)], false) }
	verbs["tasks"] = (*World).doTasks
}

// isTeam: of a workspace the ledger holds who is admin.
func isTeam(id string) bool { return strings.HasPrefix(id, "T") }

// setAdmin is a hand that makes somebody admin of the workspace, or a member again.
func (w *World) setAdmin(account string, admin bool) {
	team := w.ids["team"]
	if w.org.User(account).Deleted || w.holds(team, account) == admin {
		return
	}
	w.truth.hand(team, account, admin)
	w.org.HandSetAdmin(team, account, admin)
	w.truth.look(by{hand: true}, team)
}

// admins are the people who are.
func (w *World) admins() []string {
	var out []string
	for _, name := range peopleNames {
		if id := w.ids[name]; w.org.User(id).Admin {
			out = append(out, id)
		}
	}
	return out
}

// tasks: do|say|both PERCENT. Somebody looks at what waits for people, does some of
// it in Slack, and says so, or only one of these; of what a review denied somebody who
// does both gives a part up.
func (w *World) doTasks(a Act) {
	percent, _ := strconv.Atoi(a.arg(1))
	w.person(a, func(ctx context.Context, h *flow.House) error {
		all, err := h.ReadManuals(ctx, w.root, true)
		if err != nil {
			return err
		}
		for _, m := range all {
			if w.roll(m.ID, a.N, "task")%100 >= uint64(percent) {
				continue
			}
			if m.GivesUp && a.arg(0) == "both" && w.roll(m.ID, a.N, "given up")%6 == 0 {
				if _, err := h.GiveUpManual(ctx, w.root, m.ID, "nobody can"); err != nil {
					return err
				}
				continue
			}
			if a.arg(0) != "say" {
				w.byTask(m.Manual)
			}
			if a.arg(0) == "do" {
				continue
			}
			if _, err := h.SayDone(ctx, w.root, m.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// byTask does in Slack what a manual task says. Nobody is thrown out of the company.
func (w *World) byTask(m access.Manual) {
	switch {
	case m.Kind == directory.Workspace && m.Slug == string(directory.Admin):
		w.setAdmin(m.Account, m.Give)
	case m.Kind == directory.Workspace || !w.holds(m.Resource, m.Account) || w.names[m.Resource] == "" || w.names[m.Account] == "":
	default:
		w.handRemove(Act{Args: []string{w.names[m.Resource], w.names[m.Account]}})
	}
}
