package main

import (
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
}

// ManualListCmd is ebb manual list, and ebb manual.
type ManualListCmd struct {
	ClientFlags
	All bool `help:"Also those that are over."`
}

// Run lists them.
func (x *ManualListCmd) Run(c *Client) error {
	list, err := call[struct{ Items []apiclient.ManualTask }](c.api.ListManualTasks(background(), &apiclient.ListManualTasksParams{All: opt(x.All)}))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) {
		if len(list.Items) == 0 {
			fmt.Fprintln(w, "Nothing has to be done by hand.")
			return
		}
		rows := [][]string{{"ID", "SINCE", "WHAT", "WHY BY HAND", "STATE"}}
		for _, m := range list.Items {
			rows = append(rows, []string{m.Id, c.clock(m.Created), manualWhat(m), m.Why, string(m.State)})
		}
		table(w, rows)
	})
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
	fmt.Fprintf(w, "%s  %s: %s, since %s\n  %s\n", clean(m.Id), clean(manualWhat(m)), m.State, c.clock(m.Created), clean(m.Because))
	for i, step := range m.Steps {
		fmt.Fprintf(w, "  %d. %s\n", i+1, clean(step))
	}
	if m.SaidBy.Id != "" {
		fmt.Fprintf(w, "  %s said at %s that it is done; Slack has not shown it yet\n", clean(called(m.SaidBy)), c.clock(m.Said))
	}
	if m.Does && m.State == apiclient.ManualTaskStateWaits {
		fmt.Fprintf(w, "When it is done: ebb manual done %s\n", clean(m.Id))
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
