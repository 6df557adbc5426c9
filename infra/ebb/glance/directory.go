package glance

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// Directory is the command ebb directory.
type Directory struct {
	List List `cmd:"" help:"List what a sync has found."`
}

// List is the command ebb directory list.
type List struct {
	What   string `arg:"" enum:"accounts,resources,memberships" help:"accounts, resources or memberships."`
	Data   string `required:"" placeholder:"FILE.db" help:"The file that ebb sync, or the house, filled."`
	Format string `enum:"table,csv,json" default:"table" help:"table, csv or json."`
}

// Run streams the listing to standard output.
func (l *List) Run(ctx context.Context) error {
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	if err := l.list(ctx, out); err != nil {
		return err
	}
	return out.Flush()
}

func (l *List) list(ctx context.Context, out io.Writer) error {
	if _, err := os.Stat(l.Data); err != nil {
		return fault.New("ebb directory", fault.Invalid, "there is no file %s; fill one with: ebb sync --token - --data %s", l.Data, l.Data)
	}
	table, err := sqlite.Open(l.Data, sqlite.Options{})
	if err != nil {
		return err
	}
	defer table.Close()
	st := store.New(table, store.Options{})
	all, err := st.Connectors(ctx)
	if err != nil {
		return err
	}
	w := newWriter(l.Format, out, columns[l.What])
	for _, c := range all {
		if err := each[l.What](ctx, st, c.ID, w.row); err != nil {
			return err
		}
	}
	return w.end()
}

var columns = map[string][]string{
	"accounts":    {"id", "kind", "state", "name", "handle", "email", "workspaces", "role", "two_factor", "connector"},
	"resources":   {"id", "kind", "name", "title", "workspace", "members", "private", "archived", "disabled", "managed", "locked", "shared", "default_channels", "owners", "connector"},
	"memberships": {"entitlement", "resource", "account", "since", "connector"},
}

type emit func(cells ...string) error

var each = map[string]func(context.Context, *store.Store, string, emit) error{
	"accounts":    eachAccount,
	"resources":   eachResource,
	"memberships": eachMembership,
}

func eachAccount(ctx context.Context, st *store.Store, conn string, row emit) error {
	return st.EachAccount(ctx, conn, func(a directory.Account) error {
		return row(a.ID, string(a.Kind), string(a.State), a.Name, a.Handle, a.Email,
			sorted(slices.Collect(maps.Keys(a.Roles))), string(highest(a)), yes(a.TwoFactor), conn)
	})
}

// highest is the account's highest role in any workspace; "" for somebody of
// another organization, who has none.
func highest(a directory.Account) (top directory.WorkspaceRole) {
	order := []directory.WorkspaceRole{"", directory.Member, directory.Admin, directory.Owner, directory.PrimaryOwner}
	for _, r := range a.Roles {
		if slices.Index(order, r) > slices.Index(order, top) {
			top = r
		}
	}
	return top
}

func eachResource(ctx context.Context, st *store.Store, conn string, row emit) error {
	return st.EachResource(ctx, conn, "", func(r directory.Resource) error {
		return row(r.ID, string(r.Kind), r.Name, r.Title, r.Workspace, members(r), yes(r.Private), yes(r.Archived),
			yes(r.Disabled), yes(r.Managed), yes(r.Locked), yes(r.Shared), sorted(r.Defaults), sorted(r.Owners), conn)
	})
}

// members is how many there are, "" where they were not read: archived channels,
// private ones out of sight, workspaces without a sync of accounts.
func members(r directory.Resource) string {
	unread := r.Kind == directory.Workspace || r.Archived || r.Private && !r.Reached
	if r.Count == 0 && unread {
		return ""
	}
	return strconv.Itoa(r.Count)
}

func eachMembership(ctx context.Context, st *store.Store, conn string, row emit) error {
	return st.EachResource(ctx, conn, "", func(r directory.Resource) error {
		return st.EachHolder(ctx, conn, r.ID, func(m directory.Membership) error {
			since := ""
			if !m.Since.IsZero() {
				since = m.Since.UTC().Format(time.RFC3339)
			}
			return row(directory.Word(r.Kind, m.Slug), m.Resource, m.Account, since, conn)
		})
	})
}

// writer streams rows in one of the three formats.
type writer struct {
	row emit
	end func() error
}

func newWriter(format string, out io.Writer, head []string) writer {
	switch format {
	case "csv":
		c := csv.NewWriter(out)
		_ = c.Write(head) // an error shows in Flush
		return writer{
			row: func(cells ...string) error { return c.Write(tame(cells)) },
			end: func() error { c.Flush(); return c.Error() },
		}
	case "json":
		return jsonWriter(out, head)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.ToUpper(strings.Join(head, "\t")))
	n := 0
	return writer{
		row: func(cells ...string) error {
			// A table of a million lines would be held to the end for its widths.
			if n++; n%1000 == 0 {
				_ = t.Flush()
			}
			_, err := fmt.Fprintln(t, strings.Join(clean(cells), "\t"))
			return err
		},
		end: t.Flush,
	}
}

// jsonWriter writes one JSON array, an object a line.
func jsonWriter(out io.Writer, head []string) writer {
	sep := "[\n"
	return writer{
		row: func(cells ...string) error {
			var b strings.Builder
			b.WriteString(sep + "{")
			for i, c := range cells {
				value, err := json.Marshal(typed(head[i], c))
				if err != nil {
					return err
				}
				if i > 0 {
					b.WriteString(", ")
				}
				fmt.Fprintf(&b, "%q: %s", head[i], value)
			}
			sep = ",\n"
			_, err := io.WriteString(out, b.String()+"}")
			return err
		},
		end: func() error {
			if sep == "[\n" {
				_, err := io.WriteString(out, "[]\n")
				return err
			}
			_, err := io.WriteString(out, "\n]\n")
			return err
		},
	}
}

// typed gives JSON its booleans, numbers and lists.
func typed(column, cell string) any {
	switch column {
	case "members":
		if n, err := strconv.Atoi(cell); err == nil {
			return n
		}
		return nil // not read
	case "two_factor", "private", "archived", "disabled", "managed", "locked", "shared":
		return cell == "yes"
	case "workspaces", "default_channels", "owners":
		return strings.Fields(cell)
	}
	return cell
}

// tame keeps a spreadsheet from taking a name for a formula.
func tame(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		if first, _ := utf8.DecodeRuneInString(c); c != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
			c = "'" + c
		}
		out[i] = c
	}
	return out
}

// clean keeps a name from breaking the table or the terminal: no control
// characters, no line ends, nothing that turns the direction of what follows.
func clean(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
				return ' '
			}
			return r
		}, c)
	}
	return out
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func sorted(list []string) string {
	out := slices.Clone(list)
	slices.Sort(out)
	return strings.Join(out, " ")
}
