package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// AuditCmd is ebb audit.
type AuditCmd struct {
	Verify AuditVerifyCmd `cmd:"" help:"Walk the whole trail and say what does not fit."`
	Log    AuditLogCmd    `cmd:"" help:"List the events of one aggregate, newest first."`
}

// AuditVerifyCmd is ebb audit verify.
type AuditVerifyCmd struct {
	ClientFlags
}

var errTrail = errors.New("the audit trail does not verify")

// Run fails when anything was changed, is missing or is out of order.
func (x *AuditVerifyCmd) Run(c *Client) error {
	v, err := call[apiclient.Verdict](c.api.VerifyAudit(background()))
	if err != nil {
		return err
	}
	err = c.show(v, func(w io.Writer) {
		for _, b := range v.Broken {
			fmt.Fprintln(w, clean(b))
		}
		if v.Whole {
			fmt.Fprintf(w, "Nothing was changed, is missing or out of order: %d events, %d sealed under %d signed heads.\n", v.Events, v.Sealed, v.Heads)
		}
		if v.Unsealed > 0 {
			fmt.Fprintf(w, "%d events are newer than the last seal; that is claimed of them within a minute.\n", v.Unsealed)
		}
	})
	if err == nil && !v.Whole {
		err = errTrail
	}
	return err
}

// AuditLogCmd is ebb audit log.
type AuditLogCmd struct {
	ClientFlags
	Aggregate string `arg:"" help:"Such as grant/g_…, request/rq_…, connector/con_…, policy, refusals."`
	Limit     most   `default:"200" help:"How many at most."`
}

// Run lists the events.
func (x *AuditLogCmd) Run(c *Client) error {
	list, cut, err := all(x.Limit, func(cursor string) ([]apiclient.Event, string, error) {
		p, err := call[apiclient.EventList](c.api.ListEvents(background(), &apiclient.ListEventsParams{Aggregate: x.Aggregate, Limit: x.Limit.page(), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		rows := [][]string{{"#", "AT", "ACTION", "ACTOR", "FACTS"}}
		for _, e := range list {
			rows = append(rows, []string{fmt.Sprint(e.Seq), c.clock(e.At), e.Action, e.Actor, facts(e.Data)})
		}
		table(w, rows)
		more(w, cut)
	})
}

func facts(data map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(data)) {
		out = append(out, k+"="+data[k])
	}
	return strings.Join(out, " ")
}

// ForgetCmd is ebb forget.
type ForgetCmd struct {
	ClientFlags
	Account string `arg:"" help:"Whom: id, handle, name or e-mail."`
}

// Run erases, and says how much.
func (x *ForgetCmd) Run(c *Client) error {
	ctx := background()
	a, err := c.account(ctx, x.Account)
	if err != nil {
		return err
	}
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	f, err := call[apiclient.Forgotten](c.api.ForgetAccount(ctx, conn.Id, a.Id))
	if err != nil {
		return err
	}
	return c.show(f, func(w io.Writer) {
		fmt.Fprintf(w, "Forgot %s: its name, and %d texts that it wrote. Ids and hashes stay, so the audit still verifies.\n", a.Id, f.Texts)
	})
}
