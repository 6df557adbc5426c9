package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// ManualCmd is ebb manual.
type ManualCmd struct {
	List ManualListCmd `cmd:"" default:"withargs" help:"List what has to be done by hand, for no API of Slack does it."`
	Show ManualShowCmd `cmd:"" help:"Show one, with the steps."`
	Done ManualDoneCmd `cmd:"" help:"Say that it is done; it is over when a sync shows it."`
	Drop ManualDropCmd `cmd:"" help:"Give up what a review denied and nobody carries out: the access stands, and the review says so."`
}

// ManualListCmd is ebb manual list, and ebb manual.
type ManualListCmd struct {
	ClientFlags
	All    bool `help:"Also those that are over." xor:"which"`
	Stands bool `help:"Instead, what was denied, given up and still stands in Slack." xor:"which"`
}

// Run lists them.
func (x *ManualListCmd) Run(c *Client) error {
	list, err := c.manuals(&apiclient.ListManualTasksParams{All: opt(x.All), Stands: opt(x.Stands)})
	if err != nil {
		return err
	}
	stand := list
	if !x.Stands {
		if stand, err = c.manuals(&apiclient.ListManualTasksParams{Stands: opt(true)}); err != nil {
			return err
		}
	}
	return c.show(list, func(w io.Writer) {
		switch {
		case x.Stands && len(list) == 0:
			fmt.Fprintln(w, "Nothing that was denied and given up still stands.")
		case len(list) == 0:
			fmt.Fprintln(w, "Nothing has to be done by hand.")
		default:
			c.manualTable(w, list)
		}
		if n := len(stand); n > 0 && !x.Stands {
			fmt.Fprintf(w, "Denied, given up and still standing: %d. See them: ebb manual --stands\n", n)
		}
	})
}

func (c *Client) manuals(p *apiclient.ListManualTasksParams) ([]apiclient.ManualTask, error) {
	list, err := call[struct{ Items []apiclient.ManualTask }](c.api.ListManualTasks(background(), p))
	return list.Items, err
}

func (c *Client) manualTable(w io.Writer, list []apiclient.ManualTask) {
	rows := [][]string{{"ID", "SINCE", "WHAT", "WHY BY HAND", "STATE"}}
	for _, m := range list {
		rows = append(rows, []string{m.Id, c.clock(m.Created), manualWhat(m), m.Why, manualState(m)})
	}
	table(w, rows)
}

// manualState is where a task stands; of one that was given up, why.
func manualState(m apiclient.ManualTask) string {
	out := string(m.State)
	if m.GivenUpBy.Id == "" {
		return out
	}
	out += " by " + called(m.GivenUpBy) + ": " + cmp.Or(m.Reason, "(erased)")
	if m.Stands {
		out += "; it still stands"
	}
	return out
}

// manualWhat is what is to be done. A role that goes is worded so that nobody puts
// its holder out of the workspace for it.
func manualWhat(m apiclient.ManualTask) string {
	who, where := called(m.Account), calledResource(m.Resource)
	_, role, _ := strings.Cut(m.Entitlement, ":")
	switch {
	case m.Give && role != "member":
		return "make " + who + " " + role + " of " + where
	case m.Give:
		return "put " + who + " into " + where
	case role != "member":
		return "take the role of " + role + " in " + where + " away from " + who
	}
	return "take " + who + " out of " + where
}

// ManualShowCmd is ebb manual show.
type ManualShowCmd struct {
	ClientFlags
	ID ident `arg:"" help:"The task."`
}

// Run shows it.
func (x *ManualShowCmd) Run(c *Client) error {
	m, err := call[apiclient.ManualTask](c.api.GetManualTask(background(), string(x.ID)))
	if err != nil {
		return err
	}
	return c.show(m, func(w io.Writer) { c.tellManual(w, m) })
}

func (c *Client) tellManual(w io.Writer, m apiclient.ManualTask) {
	fmt.Fprintf(w, "%s  %s: %s, since %s\n  %s\n", clean(m.Id), clean(manualWhat(m)), clean(manualState(m)), c.clock(m.Created), clean(m.Because))
	for i, step := range m.Steps {
		fmt.Fprintf(w, "  %d. %s\n", i+1, clean(step))
	}
	if m.SaidBy.Id != "" && m.State == apiclient.ManualTaskStateSaidDone {
		fmt.Fprintf(w, "  %s said at %s that it is done; Slack has not shown it yet\n", clean(called(m.SaidBy)), c.clock(m.Said))
	}
	if m.Does && m.State == apiclient.ManualTaskStateWaits {
		fmt.Fprintf(w, "When it is done: ebb manual done %s\n", clean(m.Id))
	}
	if m.GivesUp {
		fmt.Fprintf(w, "If nobody will do it: ebb manual drop %s --why REASON\n", clean(m.Id))
	}
}

// ManualDoneCmd is ebb manual done.
type ManualDoneCmd struct {
	ClientFlags
	ID ident `arg:"" help:"The task."`
}

// Run says so.
func (x *ManualDoneCmd) Run(c *Client) error {
	m, err := call[apiclient.ManualTask](c.api.SayManualDone(background(), string(x.ID)))
	if err != nil {
		return err
	}
	return c.show(m, func(w io.Writer) { c.tellManual(w, m) })
}

// ManualDropCmd is ebb manual drop.
type ManualDropCmd struct {
	ClientFlags
	ID  ident  `arg:"" help:"The task."`
	Why string `required:"" placeholder:"REASON" help:"Why it is not done; the review's evidence has it."`
}

// Run gives it up.
func (x *ManualDropCmd) Run(c *Client) error {
	m, err := call[apiclient.ManualTask](c.api.GiveUpManual(background(), string(x.ID), apiclient.GiveUpManualJSONRequestBody{Reason: x.Why}))
	if err != nil {
		return err
	}
	return c.show(m, func(w io.Writer) {
		c.tellManual(w, m)
		fmt.Fprintln(w, "The denial stays, whoever denied it is told, and the review says that the access stands: ebb manual --stands lists it for as long as Slack shows it.")
	})
}
