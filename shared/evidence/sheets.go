package evidence

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/sheet"
)

// heads are the head lines of the sheets.
var heads = map[string][]string{
	linesSheet: {
		"line", "resource kind", "resource", "resource name", "private", "access", "account", "account name", "account kind", "account state",
		"held", "since (UTC)", "grants", "last active (UTC)", "no activity seen in logs back to (UTC)", "new", "changed", "finding", "earlier verdict",
		"earlier verdict at (UTC)", "advice", "why", "reviewers from", "list", "state", "verdict", "decided by", "decided by name", "in place of",
		"decided at (UTC)", "comment", "outcome", "closed at (UTC)", "removed by",
	},
	decidedSheet: {
		"line", "resource name", "account name", "level", "verdict", "decided by", "decided by name", "account", "in place of", "decided at (UTC)",
		"comment", "comment hash",
	},
	resourceSheet: {
		"resource kind", "resource", "resource name", "lines", "certified", "denied, on its way", "removed", "kept", "denied, still standing", "gone", "skipped", "open",
	},
	listsSheet: {
		"list", "level", "reviewers from", "user group", "accounts", "names", "lines", "certified", "passed to next level", "denied", "gone", "skipped", "open",
	},
	manualSheet: {
		"task", "line", "why", "state", "made at (UTC)", "said done by", "said done by name", "said done at (UTC)", "closed at (UTC)", "reminders", "given up by",
		"given up by name", "reason", "reason hash",
	},
	toldSheet:   {"at (UTC)", "account", "name", "what", "lines", "event of"},
	eventsSheet: {"link", "at (UTC)", "action", "actor", "aggregate", "number", "data", "hash", "sealed at (UTC)", "seal hash"},
}

func lineRow(l Line, r lineRecord) []string {
	var grants, why []string
	for _, g := range l.Grants {
		grants = append(grants, g.ID)
	}
	for _, w := range l.Advice.Why {
		why = append(why, string(w))
	}
	var d decisionRecord
	if n := len(r.Decided); n > 0 {
		d = r.Decided[n-1]
	}
	by := r.Grant
	if r.Manual != "" {
		by = r.Manual
	}
	return []string{
		l.ID, string(l.Kind), l.Resource, l.ResourceName, sheet.YesNo(l.Private), l.Slug, l.Account, l.AccountName,
		string(l.Facts.AccountKind), string(l.Facts.AccountState), string(l.Facts.Held), utc(l.Since), strings.Join(grants, " "),
		utc(l.LastActive), utc(l.Unseen), sheet.YesNo(l.New), strings.Join(l.Changed, " "), l.Finding, string(l.Earlier.Verdict),
		utc(l.Earlier.At), string(l.Advice.Verdict), strings.Join(why, " "), string(l.Assigned.Source), r.List, string(r.State),
		string(d.Verdict), decider(d), d.Name, d.For, d.At.String(), d.comment(), l.outcome(), r.Closed.String(), by,
	}
}

func decidedRow(l Line, d decisionRecord) []string {
	return []string{
		l.ID, l.ResourceName, l.AccountName, strconv.Itoa(d.Level + 1), string(d.Verdict), decider(d), d.Name, d.Account, d.For, d.At.String(),
		d.comment(), d.Hash,
	}
}

// decider is who decided; the campaign's end, where nobody did in time.
func decider(d decisionRecord) string {
	if d.By == "" && d.Verdict != "" {
		return "nobody; denied at the end of the review"
	}
	return d.By
}

// comment is the text, or that it was erased.
func (d decisionRecord) comment() string {
	if d.Erased {
		return "(erased)"
	}
	return d.Comment
}

func listRow(r listRecord) []string {
	var names []string
	for _, a := range r.Accounts {
		if n := r.Names[a]; n != "" {
			names = append(names, n)
		}
	}
	return []string{
		r.ID, strconv.Itoa(r.Level + 1), string(r.Source), r.Group, strings.Join(r.Accounts, " "), strings.Join(names, ", "), strconv.Itoa(r.Lines),
		strconv.Itoa(r.Certified), strconv.Itoa(r.Passed), strconv.Itoa(r.Denied), strconv.Itoa(r.Gone), strconv.Itoa(r.Skips), strconv.Itoa(r.Lines - r.Closed),
	}
}

func manualRow(r manualRecord) []string {
	return []string{
		r.ID, r.Line, r.Because, string(r.State), r.Made.String(), r.SaidBy, r.SaidByName, r.Said.String(), r.Closed.String(), strconv.Itoa(r.Reminders),
		r.GivenUpBy, r.GivenUpByName, r.Words(), r.Hash,
	}
}

func eventRow(r eventRecord) []string {
	data := []byte("{}")
	if len(r.Event.Data) > 0 {
		data, _ = json.Marshal(r.Event.Data) // a map of texts
	}
	return []string{
		strconv.FormatInt(r.N, 10), utc(r.Event.At), r.Event.Action, r.Event.Actor, r.Event.Aggregate, strconv.FormatInt(r.Event.Seq, 10), string(data),
		r.Event.Hash, utc(r.Seal.At), r.Seal.Hash,
	}
}

// told says what an event tells that somebody was told; "": nothing.
func told(e audit.Event) string {
	switch e.Action {
	case "review.told":
		if e.Data["what"] == "" {
			return "told"
		}
		return e.Data["what"]
	case "manual.made", "manual.refused":
		return "manual task for the owners"
	case "manual.reminded":
		return "reminder of a manual task"
	}
	return ""
}

// toldWhom is the account that was told; the owners of a manual task are several, and
// its account is whom it is about.
func toldWhom(e audit.Event) string {
	if e.Action == "review.told" {
		return e.Data["account"]
	}
	return ""
}
