package first

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/dynamo"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// SignIn is the command ebb signin.
type SignIn struct {
	Link Link `cmd:"" help:"Print a link that signs the first Super Administrator in: once, within a quarter of an hour."`
}

// Link is the command ebb signin link. Like Key it writes the house's own table,
// with what the operator may do there: AWS credentials, or the folder.
type Link struct {
	Table    string `placeholder:"NAME" help:"The deployed house's table: the stack's name. Left out: the house in --dir."`
	Dir      string `default:".ebb" env:"EBB_DIR" help:"Where the house on this machine lies."`
	URL      string `name:"url" env:"EBB_URL" default:"http://127.0.0.1:8484" help:"Where people reach the house."`
	Endpoint string `hidden:"" env:"EBB_DYNAMODB_ENDPOINT"`
}

// Run makes the first Super Administrator where there is none, and the link.
func (l *Link) Run(ctx context.Context) error {
	if l.Table != "" {
		client, err := client(ctx, l.Endpoint)
		if err != nil {
			return err
		}
		return l.make(ctx, dynamo.Open(client, l.Table, dynamo.Options{}), os.Stdout)
	}
	path := filepath.Join(l.Dir, "ebb.db")
	if _, err := os.Stat(path); err != nil {
		return fault.New("ebb signin link", fault.Invalid, "there is no house in %s; start one with ebb run, or name a deployed one's table with --table", l.Dir)
	}
	table, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		return err
	}
	return errors.Join(l.make(ctx, table, os.Stdout), table.Close())
}

func (l *Link) make(ctx context.Context, table store.Table, out io.Writer) error {
	h := &flow.House{
		Now: time.Now, NewID: flow.RandomID, NewWord: flow.RandomWord,
		Memory: store.New(table, store.Options{}), URL: strings.TrimSuffix(l.URL, "/"),
	}
	root, err := h.FirstUser(ctx, Administrator, "Administrator")
	if err != nil {
		return err
	}
	link, err := h.MakeSignInLink(ctx, root.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n\nThis is shown once. Open it within a quarter of an hour: it signs its reader in as %s, a Super Administrator.\n", link, root.ID)
	return nil
}
