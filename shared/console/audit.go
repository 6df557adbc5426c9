package console

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/sheet"
)

var auditRoutes = []route{
	{pattern: "GET /audit", serve: (*visit).audit},
	{pattern: "GET /audit/names", serve: (*visit).auditTyping},
	{pattern: "POST /audit/verify", serve: (*visit).verifyAudit},
	{pattern: "GET /audit/export", serve: (*visit).exportAudit},
}

// AuditPage is what audit.html shows: a search, its events, and what a
// verification found.
type AuditPage struct {
	Frame
	Person, Resource, Action, From, Until string
	Events                                []EventLine
	Next                                  string
	Of                                    []string // whom and what the names mean
	Near                                  []Meant  // what they could mean
	Wrong                                 map[string]string
	Verdict                               *audit.Verdict
}

// EventLine is one event, in words.
type EventLine struct {
	audit.Event
	N    int64
	Data []string
}

func (v *visit) audit() error { return v.auditPage(nil) }

func (v *visit) auditPage(verdict *audit.Verdict) error {
	p := AuditPage{
		Frame: v.frame("Audit"), Person: v.field("person"), Resource: v.field("resource"), Action: v.field("action"),
		From: v.field("from"), Until: v.field("until"), Wrong: map[string]string{}, Verdict: verdict,
	}
	f := flow.EventFilter{Person: p.Person, Resource: p.Resource, Action: p.Action}
	for name, at := range map[string]*time.Time{"from": &f.From, "until": &f.Until} {
		text := v.field(name)
		if text == "" {
			continue
		}
		t, err := time.ParseInLocation("2006-01-02T15:04", text, v.zone())
		if err != nil {
			p.Wrong[name] = "Write a time such as 2026-11-23T09:00."
		}
		*at = t
	}
	if err := v.auditNames(&p, &f); err != nil {
		return err
	}
	if len(p.Wrong) > 0 {
		return v.showAs(422, "audit", p)
	}
	p.Near = nil // they are sure
	page, err := v.s.house.SearchEvents(v.ctx(), v.by, f, flow.Slice{After: v.field("after"), Limit: 50})
	if err != nil {
		return err
	}
	for _, x := range page.Items {
		l := EventLine{Event: x.Event, N: x.Seal.N}
		for _, k := range slices.Sorted(maps.Keys(x.Event.Data)) {
			l.Data = append(l.Data, k+" "+x.Event.Data[k])
		}
		p.Events = append(p.Events, l)
	}
	p.Next = page.Next
	return v.show("audit", p)
}

// auditTyping says what could be meant while one types, and searches nothing.
func (v *visit) auditTyping() error {
	if !auditor(v.by) {
		return fault.New("console.auditTyping", fault.Forbidden, "reading the audit needs the duty auditor")
	}
	p := AuditPage{Frame: v.frame("Audit"), Wrong: map[string]string{}}
	if err := v.auditNames(&p, &flow.EventFilter{Person: v.field("person"), Resource: v.field("resource")}); err != nil {
		return err
	}
	p.Wrong = nil
	return v.show("audit", p)
}

// auditNames puts ids in the place of names; somebody with a user is looked for with
// all their accounts.
func (v *visit) auditNames(p *AuditPage, f *flow.EventFilter) error {
	h := v.s.house
	for _, x := range []struct {
		field, what string
		at          *string
		which       func(context.Context, access.Actor, string, string) (flow.Which, error)
		id          func(flow.Called) string
	}{
		{"person", "person", &f.Person, h.WhichPerson, func(c flow.Called) string { return cmp.Or(c.User, c.Account) }},
		{"resource", "resource", &f.Resource, h.WhichResource, func(c flow.Called) string { return c.Resource }},
	} {
		if *x.at == "" {
			continue
		}
		w, err := x.which(v.ctx(), v.by, "", *x.at)
		if err != nil {
			return err
		}
		others := v.query("person", "resource", "action", "from", "until")
		switch {
		case w.Sure:
			p.Near = append(p.Near, meant(w, "/audit", others, x.field, x.id)...)
			p.Of = append(p.Of, w.One.Name+" ("+x.id(w.One)+")")
			*x.at = x.id(w.One)
		case len(w.Near) > 0 || !likeID.MatchString(*x.at):
			near := meant(w, "/audit", others, x.field, x.id)
			p.Near = append(p.Near, near...)
			p.Wrong[x.field] = notMeant(x.what, *x.at, near)
		}
	}
	return nil
}

func (v *visit) verifyAudit() error {
	found, err := v.s.house.Verify(v.ctx(), v.by)
	if err != nil {
		return err
	}
	return v.auditPage(&found)
}

// exportLinks is how many links of the chain one file has: a Lambda's answer
// ends at 6 MB. The whole chain in one go is the command's: ebb audit export.
const exportLinks = 5000

// exportAudit gives a part of the chain as a file, from a link on.
func (v *visit) exportAudit() error {
	after := max(0, v.number("from")-1)
	part, err := v.s.house.ExportEvents(v.ctx(), v.by, after, 0)
	if err != nil {
		return err
	}
	format := v.field("format")
	if format != "csv" && format != "jsonl" {
		return fault.At("console.export", "format", "choose csv or jsonl")
	}
	h := v.w.Header()
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="ebb-audit-%d.%s"`, after+1, format))
	write := eventsAsLines(v.w)
	if h.Set("Content-Type", "application/x-ndjson"); format == "csv" {
		h.Set("Content-Type", "text/csv; charset=utf-8")
		write = eventsAsSheet(v.w)
	}
	for n := 0; len(part) > 0 && n < exportLinks; n += len(part) {
		if err := write(part); err != nil {
			return nil // who asked has gone
		}
		after = part[len(part)-1].Seal.N
		if part, err = v.s.house.ExportEvents(v.ctx(), v.by, after, 0); err != nil {
			v.s.log.Error("export", "after", after, "error", err)
			panic(http.ErrAbortHandler) // the file must not look whole
		}
	}
	return nil
}

// exportedEvent is a line of an export, as ebb audit check reads it.
type exportedEvent struct {
	N     int64 `json:"n"`
	Event struct {
		ID        string            `json:"id"`
		Aggregate string            `json:"aggregate"`
		Seq       int64             `json:"seq"`
		At        time.Time         `json:"at"`
		Action    string            `json:"action"`
		Actor     string            `json:"actor,omitempty"`
		Data      map[string]string `json:"data,omitempty"`
		Prev      string            `json:"prev,omitempty"`
		Hash      string            `json:"hash"`
	} `json:"event"`
	Seal struct {
		Previous string    `json:"previous,omitempty"`
		Hash     string    `json:"hash"`
		At       time.Time `json:"at"`
	} `json:"seal"`
}

func eventsAsLines(w io.Writer) func([]audit.Sealed) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return func(part []audit.Sealed) error {
		for _, x := range part {
			var e exportedEvent
			e.N, e.Event.ID, e.Event.Aggregate, e.Event.Seq, e.Event.At = x.Seal.N, x.Event.ID, x.Event.Aggregate, x.Event.Seq, x.Event.At
			e.Event.Action, e.Event.Actor, e.Event.Data, e.Event.Prev, e.Event.Hash = x.Event.Action, x.Event.Actor, x.Event.Data, x.Event.Prev, x.Event.Hash
			e.Seal.Previous, e.Seal.Hash, e.Seal.At = x.Seal.Prev, x.Seal.Hash, x.Seal.At
			if err := enc.Encode(e); err != nil {
				return err
			}
		}
		return nil
	}
}

func eventsAsSheet(w io.Writer) func([]audit.Sealed) error {
	out := sheet.New(w, "n", "at", "action", "actor", "aggregate", "seq", "id", "data", "previous_hash", "hash", "sealed_at", "seal_previous_hash", "seal_hash")
	return func(part []audit.Sealed) error {
		for _, x := range part {
			e := x.Event
			data, err := json.Marshal(e.Data)
			if err != nil {
				return err
			}
			out.Row(
				strconv.FormatInt(x.Seal.N, 10), e.At.Format(time.RFC3339Nano), e.Action, e.Actor, e.Aggregate, strconv.FormatInt(e.Seq, 10), e.ID, string(data),
				e.Prev, e.Hash, x.Seal.At.Format(time.RFC3339Nano), x.Seal.Prev, x.Seal.Hash,
			)
		}
		return out.Flush()
	}
}
