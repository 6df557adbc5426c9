package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// counted is a number of things, in words that fit one as well.
func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// tellReview says what a review asks, where it stands, and what to do next.
func (c *Client) tellReview(w io.Writer, r apiclient.Campaign) {
	fmt.Fprintf(w, "%s  %s, %s: %s\n", clean(r.Id), clean(r.Spec.Name), clean(r.ConnectorName), r.State)
	fmt.Fprintf(w, "  what: %s\n", clean(scopeWords(r.Spec)))
	for i, l := range r.Spec.Levels {
		fmt.Fprintf(w, "  level %d: %s\n", i+1, clean(levelSays(l, r.Names)))
	}
	if len(r.Spec.Fallback) > 0 {
		fmt.Fprintf(w, "  fallback: %s\n", clean(namesOf(r.Spec.Fallback, r.Names)))
	}
	tellSnapshot(w, c, r)
	if !r.Started.IsZero() {
		fmt.Fprintf(w, "  started %s, %s\n", c.clock(r.Started), c.ends(r))
	}
	if r.HeldBack != "" {
		what := "its start waits"
		if r.State == apiclient.CampaignStateCanceled {
			what = "it was not started"
		}
		fmt.Fprintf(w, "  %s: %s\n", what, clean(r.HeldBack))
	}
	for _, l := range r.Lists {
		fmt.Fprintf(w, "  your list %s: %s, %d left, %d noted and not submitted\n", l.Id, counted(l.Lines, "line"), l.Left, l.Noted)
	}
	switch {
	case !r.Settled.IsZero():
		fmt.Fprintf(w, "  settled %s: all that was denied was seen gone, or is accounted for; what was given up: ebb manual --stands\n", c.clock(r.Settled))
	case r.State == apiclient.CampaignStateCompleted:
		fmt.Fprintln(w, "  what was denied is not all seen gone yet: ebb manual list, ebb grants")
	}
	next := map[apiclient.CampaignState]string{
		apiclient.CampaignStateDraft: "stage", apiclient.CampaignStateStaging: "show", apiclient.CampaignStateStaged: "start",
		apiclient.CampaignStateRunning: "lists", apiclient.CampaignStateEnding: "show",
	}[r.State]
	if r.State == apiclient.CampaignStateStaged && r.Snapshot.Lines == 0 {
		fmt.Fprintln(w, "  nothing fits what it asks for: cancel it, and draft another with a wider scope")
		next = "cancel"
	}
	waits := slices.ContainsFunc(r.Lists, func(l apiclient.ReviewList) bool { return l.Left > 0 })
	switch {
	case next != "" && r.Runs:
		fmt.Fprintf(w, "Next: ebb review %s %s\n", next, clean(r.Id))
	case waits && r.State == apiclient.CampaignStateRunning:
		fmt.Fprintf(w, "Next: ebb review lines %s\n", clean(r.Id))
	}
}

// ends says when a review that was started ends, or did, and what becomes of what
// nobody decides.
func (c *Client) ends(r apiclient.Campaign) string {
	fate := "stays as it is, and the evidence says so"
	if r.Spec.AtEnd == apiclient.CampaignSpecAtEndRevoke {
		fate = "is denied and removed"
	}
	switch {
	case !r.Ended.IsZero():
		return "ended " + c.clock(r.Ended) + "; what nobody had decided " + fate
	case r.Spec.Ends:
		return "ends by itself " + c.clock(r.Deadline) + "; what nobody has decided then " + fate
	}
	return "due " + c.clock(r.Deadline) + ", until somebody ends it; what nobody has decided then " + fate
}

// tellSnapshot says what was taken, and of what nobody is told.
func tellSnapshot(w io.Writer, c *Client, r apiclient.Campaign) {
	s := r.Snapshot
	switch {
	case s.Begun.IsZero():
		return
	case r.State == apiclient.CampaignStateStaging:
		fmt.Fprintf(w, "  The snapshot is being taken: %s so far\n", counted(s.Lines, "line"))
		return
	}
	fmt.Fprintf(w, "  Snapshot: %s of the sync that ended %s, %d of them with nobody to review them\n", counted(s.Lines, "line"), c.clock(s.Synced), s.Unassigned)
	tellLeftOut(w, "    ", s.Left)
	switch {
	case r.State != apiclient.CampaignStateStaged || !r.Runs:
	case s.Lines == 0:
		fmt.Fprintln(w, "  Nothing fits what it asks for: a start would ask nobody. ebb review cancel gives it up")
	case s.Unassigned > 0:
		fmt.Fprintf(w, "  Nobody is told of what has no reviewer (of a private channel only who may know of it reviews): see ebb review lists %s, then ebb review reassign\n", clean(r.Id))
	}
}

// tellLeftOut says what a snapshot leaves out, and why.
func tellLeftOut(w io.Writer, indent string, left map[string]int) {
	for _, why := range sorted(left) {
		word, resources := strings.CutPrefix(why, "resources:")
		of := "line"
		if resources {
			of = "resource"
		}
		fmt.Fprintf(w, "%sleft out: %s, %s\n", indent, counted(left[why], of), clean(word))
	}
}

// scopeWords are what a review is about, in the words of the flags that draft it.
func scopeWords(s apiclient.CampaignSpec) string {
	var kinds, accounts []string
	for _, k := range s.Kinds {
		kinds = append(kinds, string(k))
	}
	for _, a := range s.Accounts {
		accounts = append(accounts, string(a))
	}
	out := []string{"everything"}
	if len(kinds) > 0 {
		out[0] = strings.Join(kinds, ", ")
	}
	add := func(is bool, word string) {
		if is {
			out = append(out, word)
		}
	}
	add(s.Public, "public channels too")
	add(len(s.Resources) > 0, "only "+someOf(s.Resources, "resource"))
	add(len(accounts) > 0, "of "+strings.Join(accounts, ", "))
	add(s.Held != "", string(s.Held)+" only")
	add(s.New, "not certified before, or changed")
	add(s.Findings, "with an open finding")
	return strings.Join(out, "; ")
}

// fewNames is how many are named one by one.
const fewNames = 5

func someOf(ids []string, one string) string {
	if len(ids) > fewNames {
		return counted(len(ids), one)
	}
	return strings.Join(ids, ", ")
}
