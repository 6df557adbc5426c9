package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"github.com/ebb-access/ebb/shared/api/apiclient"
	"github.com/ebb-access/ebb/shared/audit"
)

// AuditSearchCmd is ebb audit search.
type AuditSearchCmd struct {
	ClientFlags
	Person   string    `placeholder:"PERSON|ID" help:"Somebody's account, or the id of a user."`
	Resource string    `placeholder:"RESOURCE" help:"@handle, '#channel' or id."`
	Action   string    `placeholder:"ACTION" help:"Such as grant.active; grant. for all of them."`
	From     time.Time `placeholder:"TIME" help:"Such as 2026-11-23T09:00:00Z."`
	Until    time.Time `placeholder:"TIME" help:"The same."`
	Limit    most      `default:"200" help:"How many at most."`
}

// Run lists what fits.
func (x *AuditSearchCmd) Run(c *Client) error {
	ctx := background()
	q := apiclient.SearchEventsParams{Limit: x.Limit.page(), Action: opt(x.Action)}
	if x.Person != "" {
		q.Person = opt(x.Person)
		if a, err := c.account(ctx, x.Person); err == nil {
			q.Person = opt(a.Id)
		}
	}
	if x.Resource != "" {
		id, _, err := c.resourceAndAccount(ctx, x.Resource, "")
		if err != nil {
			return err
		}
		q.Resource = opt(id)
	}
	if !x.From.IsZero() {
		q.From = &x.From
	}
	if !x.Until.IsZero() {
		q.Until = &x.Until
	}
	list, cut, err := all(x.Limit, func(cursor string) ([]apiclient.Event, string, error) {
		q.Cursor = opt(cursor)
		p, err := call[apiclient.EventList](c.api.SearchEvents(ctx, &q))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return err
	}
	return c.show(list, func(w io.Writer) {
		rows := [][]string{{"WHEN", "ACTION", "ABOUT", "BY"}}
		for _, e := range list {
			rows = append(rows, []string{c.clock(e.At), e.Action, e.Aggregate, e.Actor})
		}
		table(w, rows)
		more(w, cut)
	})
}

// AuditExportCmd is ebb audit export.
type AuditExportCmd struct {
	ClientFlags
	As    string `name:"as-format" enum:"jsonl,csv" default:"jsonl" help:"jsonl or csv."`
	After int64  `placeholder:"N" help:"Go on behind this link of the chain; from the first, if left out."`
}

// exported is one line of an export: everything that its hashes cover.
type exported struct {
	N     int64           `json:"n"`
	Event apiclient.Event `json:"event"`
	Seal  exportedSeal    `json:"seal"`
}

type exportedSeal struct {
	Previous string    `json:"previous"`
	Hash     string    `json:"hash"`
	At       time.Time `json:"at"`
}

// Run writes the chain part by part, so that it needs no memory for it.
func (x *AuditExportCmd) Run(c *Client) error {
	out := bufio.NewWriter(c.out)
	write := jsonLines(out)
	if x.As == "csv" {
		write = csvLines(out)
	}
	for after := x.After; ; {
		type part struct {
			Items []exported `json:"items"`
		}
		p, err := call[part](c.api.ExportEvents(background(), &apiclient.ExportEventsParams{After: &after}))
		if err != nil {
			_ = out.Flush() // what came is of use: --after goes on behind it
			return fmt.Errorf("behind link %d: %w", after, err)
		}
		for _, e := range p.Items {
			if err := write(e); err != nil {
				return err
			}
			after = e.N
		}
		if len(p.Items) == 0 {
			return out.Flush()
		}
	}
}

func jsonLines(w io.Writer) func(exported) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return func(e exported) error { return enc.Encode(e) }
}

func csvLines(w io.Writer) func(exported) error {
	out := csv.NewWriter(w)
	row := []string{"n", "at", "action", "actor", "aggregate", "seq", "id", "data", "previous_hash", "hash", "sealed_at", "seal_previous_hash", "seal_hash"}
	begun := false
	return func(e exported) error {
		if !begun {
			begun = true
			if err := out.Write(row); err != nil {
				return err
			}
		}
		data, err := json.Marshal(e.Event.Data)
		if err != nil {
			return err
		}
		v := e.Event
		err = out.Write([]string{
			fmt.Sprint(e.N), v.At.Format(time.RFC3339Nano), inert(v.Action), inert(v.Actor), inert(v.Aggregate), fmt.Sprint(v.Seq), v.Id, string(data),
			v.Prev, v.Hash, e.Seal.At.Format(time.RFC3339Nano), e.Seal.Previous, e.Seal.Hash,
		})
		out.Flush()
		return err
	}
}

// inert keeps a spreadsheet from taking a cell for a formula.
func inert(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@' || s[0] == '\t') {
		return "'" + s
	}
	return s
}

// AuditCheckCmd is ebb audit check.
type AuditCheckCmd struct {
	File string `arg:"" help:"An export as JSON Lines; - is standard input."`
}

// Run needs no house: every line is held against its own hashes and the line
// before it.
func (x *AuditCheckCmd) Run(k *kong.Context) error {
	in := io.Reader(os.Stdin)
	if x.File != "-" {
		f, err := os.Open(x.File)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // it was only read
		in = f
	}
	return checkExport(in, k.Stdout)
}

func checkExport(in io.Reader, out io.Writer) error {
	dec := json.NewDecoder(bufio.NewReaderSize(in, 1<<16))
	var first, before audit.Seal
	n, broken := 0, 0
	for {
		var e exported
		if err := dec.Decode(&e); err == io.EOF {
			break
		} else if err != nil {
			return fmt.Errorf("after %d lines: this is no line of an export: %w", n, err)
		}
		x := e.sealed()
		why := x.Fits()
		if n == 0 {
			first = x.Seal
		} else if why == "" {
			why = x.Follows(before)
		}
		if why != "" {
			broken++
			fmt.Fprintf(out, "link %d: %s\n", e.N, why)
		}
		n, before = n+1, x.Seal
	}
	if broken > 0 || n == 0 {
		return fmt.Errorf("%d of %d lines do not verify", broken, n)
	}
	fmt.Fprintf(out, "All %d lines verify, links %d to %d. Hold the last hash against the house's signed heads: %s\n", n, first.N, before.N, before.Hash)
	return nil
}

func (e exported) sealed() audit.Sealed {
	v := e.Event
	return audit.Sealed{
		Event: audit.Event{
			ID: v.Id, Aggregate: v.Aggregate, Seq: v.Seq, At: v.At, Action: v.Action, Actor: v.Actor, Data: v.Data, Prev: v.Prev, Hash: v.Hash,
		},
		Seal: audit.Seal{
			N: e.N, Aggregate: v.Aggregate, Seq: v.Seq, Event: v.Hash, Prev: e.Seal.Previous, Hash: e.Seal.Hash, At: e.Seal.At,
		},
	}
}
