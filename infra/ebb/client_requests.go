package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// RequestsCmd is ebb requests.
type RequestsCmd struct {
	List RequestsListCmd `cmd:"" default:"withargs" help:"List requests: yours, and those that you may decide."`
	Show RequestsShowCmd `cmd:"" help:"Show one request: the reason, the start, and who decided what."`
}

// RequestsListCmd is ebb requests list, and ebb requests.
type RequestsListCmd struct {
	ClientFlags
	Open  bool `help:"Only those that wait for a decision."`
	Limit most `default:"100" help:"How many at most."`
}

// Run lists them, newest first.
func (x *RequestsListCmd) Run(c *Client) error {
	list, cut, err := all(x.Limit, func(cursor string) ([]apiclient.Request, string, error) {
		p, err := call[apiclient.RequestList](c.api.ListRequests(background(), &apiclient.ListRequestsParams{Open: opt(x.Open), Limit: x.Limit.page(), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "No request that you can see.")
			return
		}
		rows := [][]string{{"ID", "WHAT", "FOR WHOM", "TIME", "BEGINS", "STATE", "ASKED", "BY", "", "WHY"}}
		for _, r := range list {
			rows = append(rows, c.requestRow(r))
		}
		table(w, rows)
		more(w, cut)
	})
}

// mostReason is how many letters of a reason a list shows.
const mostReason = 60

// requestRow is one line; the reason is for what still waits.
func (c *Client) requestRow(r apiclient.Request) []string {
	var what []string
	for _, it := range r.Items {
		what = append(what, calledResource(it.Resource))
	}
	yours, why := "", ""
	if r.MayDecide {
		yours = "you may decide"
		if r.InPlaceOf.Id != "" {
			yours += " in the place of " + called(r.InPlaceOf)
		}
	}
	if letters := []rune(r.Reason); r.Open {
		why = string(letters[:min(len(letters), mostReason)])
		if len(letters) > mostReason {
			why += "…"
		}
	}
	return []string{
		r.Id, strings.Join(what, " "), called(r.Subject), askedTime(r), c.begins(r), requestState(r),
		c.clock(r.Created), called(r.Requester), yours, why,
	}
}

// begins is when the access is to start.
func (c *Client) begins(r apiclient.Request) string {
	if extension(r) {
		return "-" // what it moves began already, or keeps its start
	}
	if r.Start.IsZero() {
		return "at once"
	}
	return c.clock(r.Start)
}

// askedTime is the length that was asked for. An extension's is the grant's
// whole length.
func askedTime(r apiclient.Request) string {
	length := spell(time.Duration(r.Seconds) * time.Second)
	if extension(r) {
		return "extension to " + length + " in all"
	}
	return length
}

func extension(r apiclient.Request) bool {
	return slices.ContainsFunc(r.Items, func(it apiclient.Item) bool { return it.Extends != "" })
}

// requestState is the items' state where they agree.
func requestState(r apiclient.Request) string {
	state := ""
	for _, it := range r.Items {
		if state != "" && state != string(it.State) {
			return "mixed"
		}
		state = string(it.State)
	}
	return state
}

// RequestsShowCmd is ebb requests show.
type RequestsShowCmd struct {
	ClientFlags
	ID ident `arg:"" help:"The request."`
}

// Run shows it.
func (x *RequestsShowCmd) Run(c *Client) error {
	r, err := call[apiclient.Request](c.api.GetRequest(background(), string(x.ID)))
	return c.showRequest(r, err)
}

// showRequest prints one request item by item, with the grants that it made.
func (c *Client) showRequest(r apiclient.Request, err error) error {
	if err != nil {
		return err
	}
	return c.show(r, func(w io.Writer) { c.printRequest(w, r) })
}

func (c *Client) printRequest(w io.Writer, r apiclient.Request) {
	fmt.Fprintf(w, "%s  for %s, %s", r.Id, clean(called(r.Subject)), askedTime(r))
	if !r.Start.IsZero() && !extension(r) {
		fmt.Fprintf(w, ", begins %s", c.clock(r.Start))
	}
	fmt.Fprintln(w)
	if r.Requester.Id != r.Subject.Id {
		fmt.Fprintf(w, "asked by %s\n", clean(called(r.Requester)))
	}
	if r.Reason != "" {
		fmt.Fprintf(w, "reason: %s\n", clean(r.Reason))
	}
	rows := [][]string{}
	for _, it := range r.Items {
		row := []string{"  " + calledResource(it.Resource), string(it.State), it.Grant}
		if it.DecidedBy.Id != "" {
			by := "by " + called(it.DecidedBy)
			if it.DecidedFor.Id != "" {
				by += " in the place of " + called(it.DecidedFor)
			}
			row = append(row, by)
		} else if it.Grant != "" {
			row = append(row, "by policy")
		}
		rows = append(rows, row)
	}
	table(w, rows)
	for _, it := range r.Items {
		c.printWaiting(w, it)
		c.printEmergency(w, it)
	}
	said := map[string]bool{}
	for _, it := range r.Items {
		by := it.DecidedBy
		if it.Confirm.By.Id != "" {
			by = it.Confirm.By
		}
		if line := clean(called(by) + ": " + it.Comment); it.Comment != "" && !said[line] {
			fmt.Fprintf(w, "comment by %s\n", line)
			said[line] = true
		}
	}
	if r.Open {
		fmt.Fprintf(w, "waits for a decision until %s\n", c.clock(r.Expires))
	}
}

// printWaiting says at which step an item waits, for whom, and until when.
func (c *Client) printWaiting(w io.Writer, it apiclient.Item) {
	at := it.Waits
	if at.Step == 0 {
		return
	}
	fmt.Fprintf(w, "%s waits for %s", calledResource(it.Resource), clean(strings.Join(at.Who, " or ")))
	if at.Steps > 1 {
		fmt.Fprintf(w, ", step %d of %d", at.Step, at.Steps)
	}
	if at.Need > 1 {
		fmt.Fprintf(w, ", %d of %d said yes", at.Have, at.Need)
	}
	if !it.Deadline.IsZero() {
		fmt.Fprintf(w, ", due %s", c.clock(it.Deadline))
	}
	if !it.SoloAt.IsZero() {
		fmt.Fprintf(w, ", approves itself %s unless somebody vetoes it", c.clock(it.SoloAt))
	}
	if it.Risk != "" {
		fmt.Fprintf(w, " (%s risk)", clean(it.Risk))
	}
	fmt.Fprintln(w)
}

// printEmergency says whom an emergency skipped, and what became of it.
func (c *Client) printEmergency(w io.Writer, it apiclient.Item) {
	if it.Confirm.Due.IsZero() {
		return
	}
	fmt.Fprintf(w, "%s was an emergency: it skipped %s", calledResource(it.Resource), clean(it.Confirm.Skipped))
	switch {
	case it.Confirm.Denied:
		fmt.Fprintf(w, "; %s ended it afterwards", clean(called(it.Confirm.By)))
	case it.Confirm.By.Id != "":
		fmt.Fprintf(w, "; %s confirmed it", clean(called(it.Confirm.By)))
	case it.Confirm.Overdue:
		fmt.Fprintf(w, "; nobody confirmed it by %s", c.clock(it.Confirm.Due))
	default:
		fmt.Fprintf(w, "; somebody confirms it until %s", c.clock(it.Confirm.Due))
	}
	fmt.Fprintln(w)
}

// named puts the name in a refusal that says by id who decided before.
func (c *Client) named(id string, err error) error {
	var refused *Refused
	if !errors.As(err, &refused) {
		return err
	}
	r, missing := call[apiclient.Request](c.api.GetRequest(background(), id))
	if missing != nil {
		return err
	}
	for _, it := range r.Items {
		if by := it.Confirm.By.Id; by != "" {
			refused.Detail = strings.ReplaceAll(refused.Detail, by, called(it.Confirm.By))
		}
		if it.DecidedBy.Id != "" {
			refused.Detail = strings.ReplaceAll(refused.Detail, it.DecidedBy.Id, called(it.DecidedBy))
		}
	}
	return err
}
