package window

import (
	"encoding/json"
	"hash/fnv"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// Block is a block of Block Kit, ready to be shown.
type Block struct {
	Kind        string
	Text        template.HTML
	Fields      []template.HTML
	Label, Hint string
	Optional    bool
	Error       string
	Elements    []Element
}

// Element is something to act on.
type Element struct {
	N          int // in the order of its message or view
	Kind       string
	Label      string
	Style, URL string
	Sure       *Sure // asked before a button counts
	Multi      bool
	Long       bool // several lines of text
	External   bool // offers what the app says to what is typed
	Options    []Choice
	Values     []string // entered so far
	Spot       slacktest.Spot
}

// Choice is one entry of a menu.
type Choice struct {
	Text, Value string
	Chosen      bool
}

// Sure is what a button asks before it counts.
type Sure struct{ Title, Text, Yes, No string }

// ID names the element on its page.
func (e Element) ID() string {
	h := fnv.New64a()
	_, _ = io.WriteString(h, e.SpotJSON())
	return "e" + strconv.FormatUint(h.Sum64(), 36)
}

// SpotJSON names the element in a form.
func (e Element) SpotJSON() string {
	raw, _ := json.Marshal(e.Spot)
	return string(raw)
}

// Value is the one that was entered.
func (e Element) Value() string {
	if e.Kind == "datetimepicker" && len(e.Values) == 1 {
		if seconds, err := strconv.ParseInt(e.Values[0], 10, 64); err == nil {
			return time.Unix(seconds, 0).UTC().Format(minute)
		}
	}
	return strings.Join(e.Values, ", ")
}

// minute is an instant as a browser enters it, here in UTC as everything that the
// window shows.
const minute = "2006-01-02T15:04"

// instants are what was entered as Slack has it, in Unix seconds.
func instants(values []string) []string {
	out := slices.Clone(values)
	for i, v := range out {
		if t, err := time.Parse(minute, v); err == nil {
			out[i] = strconv.FormatInt(t.Unix(), 10)
		}
	}
	return out
}

// Input is the kind of HTML input for it.
func (e Element) Input() string {
	switch e.Kind {
	case "datepicker":
		return "date"
	case "timepicker":
		return "time"
	case "number_input":
		return "number"
	case "datetimepicker":
		return "datetime-local"
	case "email_text_input":
		return "email"
	case "url_text_input":
		return "url"
	}
	return "text"
}

type object = map[string]any

func (w *window) blocks(raw json.RawMessage, state map[string]map[string]any, errs map[string]string, at slacktest.Spot) []Block {
	var list []object
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var out []Block
	n := 0
	for _, b := range list {
		at.Block = str(b, "block_id")
		out = append(out, w.block(b, state[at.Block], errs[at.Block], at, &n))
	}
	return out
}

func (w *window) block(b object, state map[string]any, wrong string, at slacktest.Spot, n *int) Block {
	out := Block{Kind: str(b, "type"), Label: text(b["label"]), Hint: text(b["hint"]), Optional: b["optional"] == true, Error: wrong}
	out.Text = w.markup(b["text"])
	if s, ok := b["text"].(string); ok { // a markdown block
		out.Text = w.rich(s)
	}
	if out.Kind == "rich_text" {
		out.Text = w.richText(b)
	}
	fields, _ := b["fields"].([]any)
	for _, f := range fields {
		out.Fields = append(out.Fields, w.markup(f))
	}
	elements, _ := b["elements"].([]any)
	for _, v := range slices.Concat([]any{b["accessory"], b["element"]}, elements) {
		e, ok := v.(object)
		switch {
		case !ok:
		case out.Kind == "context":
			out.Fields = append(out.Fields, w.markup(e)+w.rich(str(e, "alt_text")))
		case str(e, "action_id") != "":
			at.Action = str(e, "action_id")
			out.Elements = append(out.Elements, w.element(e, state[at.Action], at, *n))
			*n++
		}
	}
	return out
}

func (w *window) element(e object, state any, at slacktest.Spot, n int) Element {
	kind := str(e, "type")
	out := Element{
		N: n, Kind: kind, Label: text(e["text"]), Style: str(e, "style"), URL: str(e, "url"), Spot: at,
		Multi: strings.HasPrefix(kind, "multi_") || kind == "checkboxes", Long: e["multiline"] == true,
		External: strings.HasSuffix(kind, "external_select"), Values: entered(state),
	}
	if out.Label == "" {
		out.Label = text(e["placeholder"])
	}
	if c, ok := e["confirm"].(object); ok {
		out.Sure = &Sure{text(c["title"]), text(c["text"]), text(c["confirm"]), text(c["deny"])}
	}
	out.Options = w.options(e, kind, at)
	for i := range out.Options {
		out.Options[i].Chosen = slices.Contains(out.Values, out.Options[i].Value)
	}
	return out
}

// options are the element's own, what the app offered, or the people and channels
// of the workspace.
func (w *window) options(e object, kind string, at slacktest.Spot) []Choice {
	var out []Choice
	take := func(v any) {
		list, _ := v.([]any)
		for _, x := range list {
			if o, ok := x.(object); ok {
				out = append(out, Choice{Text: text(o["text"]), Value: str(o, "value")})
			}
		}
	}
	take(e["options"])
	if strings.HasSuffix(kind, "external_select") { // what is chosen from the start is nobody's offer
		take(e["initial_options"])
		take([]any{e["initial_option"]})
	}
	groups, _ := e["option_groups"].([]any)
	for _, g := range groups {
		o, _ := g.(object)
		take(o["options"])
	}
	for _, o := range w.org.Offered(at) {
		if c := (Choice{Text: o.Text, Value: o.Value}); !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	switch {
	case strings.HasSuffix(kind, "users_select"):
		for _, u := range w.org.Users() {
			if person(u) {
				out = append(out, Choice{Text: u.RealName, Value: u.ID})
			}
		}
	case strings.HasSuffix(kind, "channels_select"), strings.HasSuffix(kind, "conversations_select"):
		for _, c := range w.org.Channels() {
			if !c.Private && !c.IM && !c.MPIM && !c.Archived {
				out = append(out, Choice{Text: "#" + c.Name, Value: c.ID})
			}
		}
	}
	return out
}

// entered reads the values out of an element's state, whatever its kind.
func entered(state any) []string {
	o, _ := state.(object)
	var out []string
	for name, v := range o {
		if name == "type" {
			continue
		}
		list, many := v.([]any)
		if !many {
			list = []any{v}
		}
		for _, x := range list {
			if s := plain(x); s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case object:
		return str(v, "value")
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func flat(blocks []Block) []Element {
	var out []Element
	for _, b := range blocks {
		out = append(out, b.Elements...)
	}
	return out
}

func str(o object, name string) string { s, _ := o[name].(string); return s }

func text(v any) string {
	o, _ := v.(object)
	return str(o, "text")
}
