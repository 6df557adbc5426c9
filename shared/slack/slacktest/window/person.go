package window

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// PersonPage is what one person sees.
type PersonPage struct {
	Who           slacktest.User
	Said          string // what went wrong with the last click
	Command       string
	Shortcuts     []Shortcut
	Conversations []Conversation
	Channel       string // the open one, "" for the home tab
	Name          string
	Direct        string // the direct message with the app
	Messages      []Message
	Home          *View
	Modal         *View
}

// Conversation is an entry of the list.
type Conversation struct {
	ID, Name              string
	Open, Direct, Private bool // Direct: with the app
}

// Message as it is shown.
type Message struct {
	TS, From, User, At string
	Said               template.HTML // where there are no blocks
	Blocks             []Block
	App                bool
	Private            bool // for this person's eyes only
	Edited, Reply      bool
}

// View is a modal or the home tab.
type View struct {
	ID, Hash, Title, Submit, Close string
	Blocks                         []Block
}

const conversationsShown = 30

func (w *window) person(rw http.ResponseWriter, r *http.Request, u slacktest.User) {
	p := PersonPage{Who: u, Said: r.FormValue("said"), Command: w.opt.Command, Shortcuts: w.opt.Shortcuts, Channel: r.FormValue("c")}
	direct := w.org.DirectWithApp(u.ID)
	home := r.FormValue("home") != ""
	if !home && !w.in(u.ID, p.Channel) {
		p.Channel = direct
	}
	p.Direct = direct
	if home {
		p.Channel, p.Name = "", appName
	}
	p.list(w.conversations(u.ID, direct))
	if home {
		if v, ok := w.org.Home(u.ID); ok {
			p.Home = w.view(v)
		}
	} else {
		p.Messages = w.messages(u.ID, p.Channel)
	}
	if stack := w.org.Modals(u.ID); len(stack) > 0 {
		p.Modal = w.view(stack[len(stack)-1])
	}
	render(rw, "person.html", p)
}

// WithApp tells whether what is open is the app's own place.
func (p PersonPage) WithApp() bool { return p.Channel == "" || p.Channel == p.Direct }

func (p *PersonPage) list(all []Conversation) {
	for _, c := range all {
		if c.Open = c.ID == p.Channel || c.Direct && p.Channel == ""; c.Open {
			p.Name = c.Name
		}
		p.Conversations = append(p.Conversations, c)
	}
}

// appName is how the app is called.
const appName = "Ebb"

// conversations are the direct message with the app, then the others.
func (w *window) conversations(user, direct string) []Conversation {
	out := []Conversation{{ID: direct, Name: appName, Direct: true}}
	for _, c := range w.org.Conversations(user) {
		if c.ID == direct || len(out) > conversationsShown {
			continue
		}
		name := c.Name
		if c.IM || c.MPIM {
			name = "direct message " + c.ID
		}
		out = append(out, Conversation{ID: c.ID, Name: name, Private: c.Private || c.IM || c.MPIM})
	}
	return out
}

// in tells whether somebody is in a conversation: nobody reads others'.
func (w *window) in(user, channel string) bool {
	return slices.ContainsFunc(w.org.Conversations(user), func(c slacktest.Channel) bool { return c.ID == channel })
}

func (w *window) messages(user, channel string) []Message {
	var out []Message
	for _, m := range w.org.MessagesFor(user, channel) {
		from, app := "somebody", false
		if m.User != "" {
			u := w.org.User(m.User)
			from, app = u.RealName, u.Bot
		}
		out = append(out, Message{
			TS: m.TS, From: from, User: m.User, App: app, Said: w.rich(m.Text), At: clock(m.TS), Blocks: w.blocks(m.Blocks, nil, nil, slacktest.Spot{Channel: m.Channel, TS: m.TS}),
			Private: m.To != "", Edited: m.Updated, Reply: m.ThreadTS != "" && m.ThreadTS != m.TS,
		})
	}
	return out
}

func (w *window) view(v slacktest.View) *View {
	shut := v.Close
	if shut == "" {
		shut = "Cancel"
	}
	return &View{v.ID, v.Hash, v.Title, v.Submit, shut, w.blocks(v.Blocks, v.State, v.Errors, slacktest.Spot{View: v.ID})}
}

// do uses a shortcut or opens the home tab.
func (w *window) do(rw http.ResponseWriter, r *http.Request, u slacktest.User) {
	at := where(r)
	if id := r.FormValue("shortcut"); id != "" {
		_, err := w.org.HandShortcut(r.Context(), u.ID, id)
		back(rw, r, u, at, err)
		return
	}
	w.org.HandOpenHome(u.ID)
	w.settle(r.Context())
	back(rw, r, u, url.Values{"home": {"1"}}, nil)
}

// settle waits, a second at most, until the events are delivered: the app fills
// the home tab when it hears that somebody looks.
func (w *window) settle(ctx context.Context) {
	for range 20 {
		if len(w.org.PendingEvents()) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// say runs the slash command.
func (w *window) say(rw http.ResponseWriter, r *http.Request, u slacktest.User) {
	_, err := w.org.HandCommand(r.Context(), u.ID, r.FormValue("c"), w.opt.Command, r.FormValue("text"))
	back(rw, r, u, where(r), err)
}
