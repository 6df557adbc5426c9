package slacktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// view is a modal that somebody has open, or somebody's home tab.
type view struct {
	View
	user, team                       string
	titleText, submitText, closeText any // as they came
}

// View is a view as it stands on somebody's screen.
type View struct {
	ID, Type                    string // modal or home
	Title, Submit, Close        string
	CallbackID, ExternalID      string
	PrivateMetadata, Hash       string
	Root, Previous              string // ids within the stack of modals
	Blocks                      json.RawMessage
	State                       map[string]map[string]any // block id, action id: the element's value as Slack sends it
	Errors                      map[string]string         // block id: what response_action errors said
	NotifyOnClose, ClearOnClose bool
}

// stackLimit is how many modals lie on one another (docs.slack.dev, "Modals").
const stackLimit = 3

// triggerLife is how long a trigger_id is good (docs.slack.dev, "Handling user
// interaction").
const triggerLife = 3 * time.Second

type trigger struct {
	user, team, view string
	at               time.Time
	used             bool
}

// screens is what people have before them.
type screens struct {
	views    map[string]*view
	stacks   map[string][]string // user: modals, lowest first
	homes    map[string]string   // user: view
	triggers map[string]*trigger
	hooks    map[string]*hook
	offered  map[Spot][]object // options that the app last offered
	urls     AppURLs
	client   *http.Client
}

func newScreens() screens {
	return screens{
		views: map[string]*view{}, stacks: map[string][]string{}, homes: map[string]string{}, triggers: map[string]*trigger{},
		hooks: map[string]*hook{}, offered: map[Spot][]object{},
	}
}

// newTrigger forgets those that expired long ago; whoever comes so late hears
// invalid_trigger_id.
func (o *Org) newTrigger(user, team, view string) string {
	maps.DeleteFunc(o.screens.triggers, func(_ string, t *trigger) bool { return o.now().Sub(t.at) > time.Hour })
	id := fmt.Sprintf("%d.%d.%s", o.now().UnixMilli(), len(o.screens.triggers)+1, strings.ToLower(o.mint.block()))
	o.screens.triggers[id] = &trigger{user: user, team: team, view: view, at: o.now()}
	return id
}

// exchange uses a trigger_id up.
func (r *request) exchange() (*trigger, error) {
	t := r.org.screens.triggers[r.str("trigger_id")]
	switch {
	case t == nil:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case r.at.Sub(t.at) > triggerLife:
		return nil, refuse("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

// views.open: a modal on top of nothing.
// assumed: a modal that was open before is closed, as Slack's client shows one stack.
func (r *request) viewsOpen() (reply, error) {
	v, err := r.draftView(onModal)
	if err != nil {
		return nil, err
	}
	t, err := r.exchange()
	if err != nil {
		return nil, err
	}
	r.org.closeAll(t.user)
	return r.org.show(v, t.user, t.team), nil
}

// views.push: a modal on top of the one that the trigger came from.
func (r *request) viewsPush() (reply, error) {
	v, err := r.draftView(onModal)
	if err != nil {
		return nil, err
	}
	t, err := r.exchange()
	if err != nil {
		return nil, err
	}
	if len(r.org.screens.stacks[t.user]) >= stackLimit {
		return nil, refuse("push_limit_reached")
	}
	return r.org.show(v, t.user, t.team), nil
}

func (r *request) viewsUpdate() (reply, error) {
	old := r.org.screens.views[r.str("view_id")]
	if ext := r.str("external_id"); old == nil && ext != "" {
		old = r.org.external(ext)
	}
	if old == nil {
		return nil, refuse("not_found")
	}
	if h := r.str("hash"); h != "" && h != old.Hash {
		return nil, refuse("hash_conflict")
	}
	v, err := r.draftView(old.Type, old.ID)
	if err != nil {
		return nil, err
	}
	return r.org.replace(old, v), nil
}

// views.publish: a person's home tab.
func (r *request) viewsPublish() (reply, error) {
	u := r.org.users[r.str("user_id")]
	switch {
	case !r.tok.bot:
		return nil, refuse("not_allowed_token_type")
	case u == nil || u.Deleted || !r.meets(u):
		return nil, badArguments("user_not_found")
	}
	old := r.org.screens.views[r.org.screens.homes[u.ID]]
	except := ""
	if old != nil {
		except = old.ID
	}
	if h := r.str("hash"); h != "" && (old == nil || h != old.Hash) {
		return nil, refuse("hash_conflict")
	}
	v, err := r.draftView(onHome, except)
	if err != nil {
		return nil, err
	}
	if old != nil {
		return r.org.replace(old, v), nil
	}
	return r.org.show(v, u.ID, u.Team), nil
}

// draftView reads and judges the argument view. except is a view whose
// external_id is its own.
func (r *request) draftView(surface string, except ...string) (*view, error) {
	raw := r.str("view")
	if len(raw) > 250<<10 {
		return nil, refuse("view_too_large")
	}
	v, problems := r.org.readView(surface, []byte(raw))
	if len(problems) > 0 {
		return nil, refuseWith("invalid_arguments", reply{"response_metadata": reply{"messages": asErrors(problems)}})
	}
	if same := r.org.external(v.ExternalID); same != nil && !slices.Contains(except, same.ID) {
		return nil, refuse("duplicate_external_id")
	}
	return v, nil
}

func (o *Org) external(id string) *view {
	for _, key := range sortedKeys(o.screens.views) {
		if v := o.screens.views[key]; id != "" && v.ExternalID == id {
			return v
		}
	}
	return nil
}

// readView judges a view (docs.slack.dev, "Modal views", "Home tab views").
func (o *Org) readView(surface string, raw []byte) (*view, []string) {
	var in object
	if json.Unmarshal(raw, &in) != nil {
		return nil, []string{"must provide an object [json-pointer:/view]"}
	}
	j := &judge{}
	if in["type"] != surface {
		j.fail("/view/type", "unsupported type: %v", in["type"])
	}
	list, _ := json.Marshal(in["blocks"])
	blocks, inputs, problems := o.judged(surface, "/view/blocks", list)
	j.problems = append(j.problems, problems...)
	j.str("/view", in, "private_metadata", false, 3000)
	j.str("/view", in, "callback_id", false, 255)
	j.str("/view", in, "external_id", false, 255)
	if surface == onModal {
		j.text("/view/title", in["title"], true, true, 24)
		j.text("/view/submit", in["submit"], inputs > 0, true, 24)
		j.text("/view/close", in["close"], false, true, 24)
	}
	str := func(name string) string { s, _ := in[name].(string); return s }
	yes := func(name string) bool { b, _ := in[name].(bool); return b }
	return &view{View: View{
		Type: surface, CallbackID: str("callback_id"), ExternalID: str("external_id"), PrivateMetadata: str("private_metadata"),
		Title: textOf(in["title"]), Submit: textOf(in["submit"]), Close: textOf(in["close"]), Blocks: blocks,
		NotifyOnClose: yes("notify_on_close"), ClearOnClose: yes("clear_on_close"),
	}, titleText: in["title"], submitText: in["submit"], closeText: in["close"]}, j.problems
}

func textOf(v any) string {
	t, _ := v.(object)
	s, _ := t["text"].(string)
	return s
}

// show puts a new view on somebody's screen.
func (o *Org) show(v *view, user, team string) reply {
	v.ID, v.Hash, v.user, v.team = o.mint.viewID(), o.newHash(), user, team
	v.Root = v.ID
	v.State = initialState(v.Blocks)
	if v.Type == onHome {
		o.screens.homes[user] = v.ID
	} else {
		stack := o.screens.stacks[user]
		if len(stack) > 0 {
			v.Root, v.Previous = o.screens.views[stack[0]].Root, stack[len(stack)-1]
		}
		o.screens.stacks[user] = append(stack, v.ID)
	}
	o.screens.views[v.ID] = v
	return reply{"view": o.viewJSON(v)}
}

// replace keeps what was entered where block and element are the same
// (docs.slack.dev, "Modals": preserving input entry).
func (o *Org) replace(old, v *view) reply {
	v.ID, v.user, v.team, v.Root, v.Previous = old.ID, old.user, old.team, old.Root, old.Previous
	v.Hash, v.State = o.newHash(), initialState(v.Blocks)
	for _, e := range elementsOf(v.Blocks) {
		if kept, ok := old.State[e.block][e.action]; ok {
			v.State[e.block] = merged(v.State[e.block], e.action, kept)
		}
	}
	*old = *v
	return reply{"view": o.viewJSON(old)}
}

func merged(m map[string]any, key string, value any) map[string]any {
	out := maps.Clone(m)
	if out == nil {
		out = map[string]any{}
	}
	out[key] = value
	return out
}

func (o *Org) newHash() string {
	return fmt.Sprintf("%d.%s", o.now().Unix(), strings.ToLower(o.mint.block()))
}

// closeTop takes the upper modal away, closeAll all of them.
func (o *Org) closeTop(user string) {
	stack := o.screens.stacks[user]
	if len(stack) == 0 {
		return
	}
	delete(o.screens.views, stack[len(stack)-1])
	o.screens.stacks[user] = stack[:len(stack)-1]
}

func (o *Org) closeAll(user string) {
	for len(o.screens.stacks[user]) > 0 {
		o.closeTop(user)
	}
}

// viewJSON is a view as Slack answers and sends it.
func (o *Org) viewJSON(v *view) reply {
	state := v.State
	if state == nil {
		state = map[string]map[string]any{}
	}
	out := reply{
		"id": v.ID, "team_id": v.team, "type": v.Type, "blocks": v.Blocks, "private_metadata": v.PrivateMetadata, "callback_id": v.CallbackID,
		"external_id": v.ExternalID, "state": reply{"values": state}, "hash": v.Hash, "clear_on_close": v.ClearOnClose,
		"notify_on_close": v.NotifyOnClose, "root_view_id": v.Root, "previous_view_id": nil, "app_id": o.app.id, "bot_id": o.app.botID,
		"title": v.titleText, "submit": v.submitText, "close": v.closeText, "app_installed_team_id": v.team,
	}
	if v.Previous != "" {
		out["previous_view_id"] = v.Previous
	}
	return out
}
