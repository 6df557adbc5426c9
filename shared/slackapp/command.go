package slackapp

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/message"
)

// command answers the slash command to its sender alone.
func (e *edge) command(w http.ResponseWriter, r *http.Request, body []byte) {
	c, err := ReadCommand(body)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	t, cancel, err := e.begin(r, c.Who, c.Trigger, "")
	defer cancel()
	if fault.Is(err, fault.Already) {
		w.WriteHeader(http.StatusOK)
		return
	}
	if err != nil {
		answer(w, ephemeral(people(e.sorry(err))))
		return
	}
	word, rest, _ := strings.Cut(strings.TrimSpace(c.Text), " ")
	switch strings.ToLower(word) {
	case "", "request":
		if err := t.askFor(strings.TrimSpace(rest)); err != nil {
			answer(w, ephemeral(t.words(err)))
		}
	case "my", "extend", "end":
		answer(w, t.mine())
	case "help":
		answer(w, ephemeral(help))
	default:
		answer(w, ephemeral("I do not know "+typedWord(word)+". "+help))
	}
}

// help names the command by its work: an operator may have called it otherwise.
const help = "I give access for a time and take it back by myself. After my command you can write:\n" +
	"• nothing, or `request @group 2h`: ask for access\n" +
	"• `my`: what you have, what you asked for, what waits for you\n" +
	"• `extend` or `end`: more time, or an early end, for what you have\n" +
	"• `help`: this"

// askFor opens the form, filled in with what the words name.
func (t *turn) askFor(typed string) error {
	f := draft{Length: usualLength}
	if typed != "" {
		if err := t.understand(&f, typed); err != nil {
			return err
		}
	}
	return t.e.screens.OpenView(t.ctx, t.link, t.trigger, encoded(t.form(f)))
}

// mention is what Slack makes of a group, channel or person in a command
// (docs.slack.dev, "Implementing slash commands": escaping).
var mention = regexp.MustCompile(`^<(!subteam\^|#|@)([A-Z0-9]{1,32})(\|[^>]*)?>$`)

// understand takes resources, a person and a time out of words. What it does not
// know it leaves to the form.
func (t *turn) understand(f *draft, typed string) error {
	for i, word := range strings.Fields(typed) {
		if i == 2*mostItems {
			return nil
		}
		if d, ok := length(word); ok {
			f.Length = d
			continue
		}
		if m := mention.FindStringSubmatch(word); m != nil {
			if m[1] == "@" {
				f.Subject = m[2]
				continue
			}
			v, err := t.e.house.ReadResource(t.ctx, t.by, t.conn.ID, m[2])
			if err == nil {
				f.add(flow.Found{Resource: v.Resource})
			} else {
				f.unknown = append(f.unknown, cmp.Or(strings.TrimPrefix(m[3], "|"), m[2]))
			}
			continue
		}
		found, err := t.e.house.Find(t.ctx, t.by, t.conn.ID, word)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(found, func(x flow.Found) bool {
			return len(found) == 1 || x.Name == strings.ToLower(strings.TrimLeft(word, "@#"))
		})
		if at < 0 {
			f.unknown = append(f.unknown, word)
			continue
		}
		f.add(found[at])
	}
	return nil
}

// typedWord is a word as somebody typed it, where it means nothing.
func typedWord(word string) string { return "“" + markup(cut(word, 80)) + "”" }

// missed says which words the form could not be filled in with; "" where there are
// none. Of what somebody may not know it says no more than of what is not there. The
// words of a sentence around something that was found are none of them.
func (d draft) missed() string {
	var list []string
	for _, w := range d.unknown {
		if len(list) < 5 && (len(d.found) == 0 || strings.ContainsAny(w[:min(1, len(w))], "@#")) {
			list = append(list, typedWord(w))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "Nothing was filled in for " + strings.Join(list, ", ") + ": nothing that you can ask for is called so, or several things are. Type to find it."
}

// length reads 30m, 2h or 3d.
func length(word string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(word, "d"); ok {
		word = days + "h"
		if d, err := time.ParseDuration(word); err == nil && d > 0 {
			return 24 * d, true
		}
		return 0, false
	}
	d, err := time.ParseDuration(word)
	return d, err == nil && d > 0
}

// mine is what the home tab shows, as an answer.
func (t *turn) mine() object {
	home, err := t.e.house.ReadHome(t.ctx, t.by, t.conn.ID)
	if err != nil {
		return ephemeral(t.words(err))
	}
	blocks := t.lists(home, 3)
	blocks = append(blocks, buttons("ask", message.Button{Action: message.Request, Label: "Request access", Look: message.Good}))
	return ephemeral("What you have and what waits", blocks...)
}

func name(r directory.Resource) string {
	if r.Name == "" {
		return r.ID
	}
	switch r.Kind {
	case directory.UserGroup:
		return "@" + r.Name
	case directory.Channel:
		return "#" + r.Name
	}
	return r.Name
}
