package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// AuditCmd is ebb audit.
type AuditCmd struct {
	Verify AuditVerifyCmd `cmd:"" help:"Walk the whole trail and say what does not fit."`
	Log    AuditLogCmd    `cmd:"" help:"List the events of one aggregate, newest first."`
	Search AuditSearchCmd `cmd:"" help:"Find events by person, resource, action and time, newest first."`
	Export AuditExportCmd `cmd:"" help:"Write all sealed events, with their hashes, to a file or the terminal."`
	Check  AuditCheckCmd  `cmd:"" help:"Verify an export away from the house."`
	Key    AuditKeyCmd    `cmd:"" help:"Print the house's public key, by which evidence is checked."`
}

// AuditVerifyCmd is ebb audit verify.
type AuditVerifyCmd struct {
	ClientFlags
}

var errTrail = errors.New("the audit trail does not verify; change nothing, and do what \"Is the audit whole?\" in infra/ebb/README.md says")

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

// aggregates is what to write.
const aggregates = "write grant/g_…, request/rq_…, connector/con_…, person/u_…, policy or refusals"

// aggregate is the name under which events are kept. An id alone is known by
// its first letters.
func aggregate(text string) string {
	for _, kind := range [][2]string{{"g_", "grant/"}, {"rq_", "request/"}, {"con_", "connector/"}, {"u_", "person/"}} {
		if strings.HasPrefix(text, kind[0]) {
			return kind[1] + text
		}
	}
	return text
}

// Run lists the events.
func (x *AuditLogCmd) Run(c *Client) error {
	x.Aggregate = aggregate(x.Aggregate)
	if !strings.ContainsAny(x.Aggregate[:min(1, len(x.Aggregate))], "abcdefghijklmnopqrstuvwxyz") || strings.ContainsAny(x.Aggregate, " ?#") {
		return fmt.Errorf("%q is nothing that has events; %s", x.Aggregate, aggregates)
	}
	list, cut, err := all(x.Limit, func(cursor string) ([]apiclient.Event, string, error) {
		p, err := call[apiclient.EventList](c.api.ListEvents(background(), &apiclient.ListEventsParams{Aggregate: x.Aggregate, Limit: x.Limit.page(), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintf(w, "No event of %s; %s.\n", clean(x.Aggregate), aggregates)
			return
		}
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
	Yes     bool   `help:"Do not ask again; for scripts."`
}

// sure wants the name or id typed once more: what is erased never comes back.
func (x *ForgetCmd) sure(c *Client, a apiclient.Account) error {
	if x.Yes {
		return nil
	}
	name := a.Name
	if name == "" {
		name = a.Id
	}
	fmt.Fprintf(os.Stderr, "This erases the name of %s (%s) and all texts that it wrote, for ever.\nType %s to go on: ", clean(name), a.Id, clean(name))
	line, _ := bufio.NewReader(io.LimitReader(c.in, 4096)).ReadString('\n')
	if typed := strings.TrimSpace(line); typed != name && typed != a.Id {
		return errors.New("nothing was erased: that is not the name; in a script, say --yes")
	}
	return nil
}

// Run erases, and says how much.
func (x *ForgetCmd) Run(c *Client) error {
	ctx := background()
	a, err := c.account(ctx, x.Account)
	if err != nil {
		return err
	}
	if err := x.sure(c, a); err != nil {
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
		fmt.Fprintf(w, "Forgot %s: its name, and %d texts that it wrote. Ids and hashes stay, so the audit still verifies.\nIts name goes from the rows of access reviews, too, within minutes; the audit then says so: ebb audit log person/%s\n", a.Id, f.Texts, a.Id)
	})
}
