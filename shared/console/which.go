package console

import (
	"net/url"
	"regexp"

	"github.com/ebb-access/ebb/shared/flow"
)

// Meant is one that a text could mean, with the link that chooses it.
type Meant struct {
	Says, Small, To string
}

// likeID is a text that could be an id: what has left Slack has no name any more,
// and its grants and events still bear its id.
var likeID = regexp.MustCompile(`^(u_.+|[A-Z][A-Z0-9]{5,})$`)

// meant are the candidates of a text, chosen by a link to a page with what stands
// in its other fields; value says what the field takes.
func meant(w flow.Which, page string, others url.Values, field string, value func(flow.Called) string) []Meant {
	near := w.Near
	if w.Sure {
		near = []flow.Called{w.One}
	}
	several := false
	for _, c := range near {
		several = several || c.Slack != near[0].Slack
	}
	var out []Meant
	for _, c := range near {
		q := url.Values{}
		for k, v := range others {
			q[k] = v
		}
		q.Set(field, value(c))
		if c.Connector != "" && q.Has("connector") {
			q.Set("connector", c.Connector)
		}
		m := Meant{Says: labelOr(c.Name, value(c)), Small: c.Small, To: page + "?" + q.Encode()}
		if several && c.Slack != "" {
			m.Small += " in " + c.Slack
		}
		out = append(out, m)
	}
	return out
}

// notMeant says that a text means none, or several.
func notMeant(what, typed string, near []Meant) string {
	if len(near) == 0 {
		return "No " + what + " that you may see is called “" + typed + "”."
	}
	return "“" + typed + "” is not the whole name of one " + what + ". Choose below, or write more of it."
}

// query are fields of the page as they were filled, without those that are empty.
func (v *visit) query(fields ...string) url.Values {
	q := url.Values{}
	for _, f := range fields {
		if x := v.field(f); x != "" {
			q.Set(f, x)
		}
	}
	return q
}
