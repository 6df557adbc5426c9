package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// TasksCmd is ebb tasks.
type TasksCmd struct {
	ClientFlags
}

// Run lists what waits for the key's user, with the command that does it.
func (x *TasksCmd) Run(c *Client) error {
	list, err := call[apiclient.TaskList](c.api.ListTasks(background()))
	if err != nil {
		return err
	}
	return c.show(list.Items, func(w io.Writer) {
		if len(list.Items) == 0 {
			fmt.Fprintln(w, "Nothing waits for you.")
			return
		}
		rows := [][]string{{"SINCE", "WHAT", "WHY", "DO"}}
		for _, t := range list.Items {
			rows = append(rows, append([]string{c.clock(t.Since)}, c.taskRow(t)...))
		}
		table(w, rows)
		if list.More {
			fmt.Fprintln(w, "… and more")
		}
	})
}

func (c *Client) taskRow(t apiclient.Task) []string {
	switch t.Kind {
	case apiclient.Reconnect:
		return []string{t.Connector.Name, remedy(t.Connector.Trouble.Text, t.Connector.Id), "ebb connect --connector " + t.Connector.Id}
	case apiclient.Confirm:
		return []string{t.Connector.Name, "a sync would remove much; look before you let it", "ebb connectors confirm --connector " + t.Connector.Id}
	case apiclient.Fix:
		return []string{calledResource(t.Grant.Resource) + " for " + called(t.Grant.Account), remedy(t.Grant.Trouble.Text, t.Grant.Connector), "ebb grants"}
	case apiclient.ByHand:
		return []string{manualWhat(t.Manual), t.Manual.Because, "ebb manual show " + t.Manual.Id}
	case apiclient.Review:
		return []string{counted(t.Review.Left, "line") + " of " + t.Review.Name, "until " + c.clock(t.Review.Deadline), "ebb review lines " + t.Review.Campaign}
	}
	do, place := "ebb approve ", ""
	if t.Request.InPlaceOf.Id != "" {
		place = ", in the place of " + called(t.Request.InPlaceOf)
	}
	switch t.Kind {
	case apiclient.ConfirmAccess:
		do = "ebb confirm "
	case apiclient.Veto:
		do = "ebb veto "
	}
	var what []string
	for _, it := range t.Request.Items {
		what = append(what, calledResource(it.Resource))
	}
	return []string{strings.Join(what, " ") + " for " + called(t.Request.Subject) + place, t.Request.Reason, do + t.Request.Id}
}
