// Package local is the whole house in one process on a laptop: the verbs over
// a SQLite file, secrets in an encrypted file, the edges on 127.0.0.1, and a
// driver that does what EventBridge and Step Functions do on AWS. Everything
// durable lies in one folder (.ebb).
//
// It holds no rule: it only ties adapters to the verbs.
package local

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/heads"
	mailfolder "github.com/ebb-access/ebb/shared/mail/folder"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/secret"
	"github.com/ebb-access/ebb/shared/secret/file"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slackapp"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/sqlite"
)

// Slack says which Slack the house speaks to.
type Slack struct {
	APIURL       string
	AuthorizeURL string
	ClientID     string
	ClientSecret string
	// SigningSecret tells Slack's events from forgeries; without it none is taken.
	SigningSecret slackapp.Secret
	OnCall        func(slack.Call)
	// AskSCIM makes Install with Slack ask for the scope of SCIM too.
	AskSCIM bool
	// AskRoles makes it ask for the scope that changes roles of workspaces too.
	AskRoles bool
	// Unpaced lets syncs go as fast as Slack lets them, for a Slack that is
	// simulated without rate limits.
	Unpaced bool
}

// House is the house with what has to be closed after it.
type House struct {
	*flow.House
	// Window is where one sees the simulated Slack, if there is one.
	Window string

	table   *sqlite.Table
	signed  slackapp.Secret
	screens slackapp.Screens
}

// Open opens the house in a folder, making what is missing. url is where
// people reach it.
func Open(dir, url string, s Slack, log *slog.Logger) (*House, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap("local.Open", err)
	}
	table, err := sqlite.Open(filepath.Join(dir, "ebb.db"), sqlite.Options{})
	if err != nil {
		return nil, err
	}
	memory := store.New(table, store.Options{})
	if err := secretsKept(dir, memory); err != nil {
		return nil, errors.Join(err, table.Close())
	}
	vault, err := file.Open(secretsPath(dir))
	if err != nil {
		return nil, errors.Join(err, table.Close())
	}
	client := slack.New(slack.Config{
		APIURL: s.APIURL, AuthorizeURL: s.AuthorizeURL, ClientID: s.ClientID, ClientSecret: s.ClientSecret,
		Tokens: tokens{vault}, OnCall: s.OnCall,
	})
	h := &flow.House{
		Now: time.Now, NewID: flow.RandomID, NewWord: flow.RandomWord,
		Memory: memory, Slack: client, Secrets: vault,
		Heads: heads.Open(filepath.Join(dir, "heads.jsonl")), URL: url, Log: log, Pace: slack.Tier, Seals: true,
		Mail:    mailfolder.Open(filepath.Join(dir, "mail"), "ebb@localhost", time.Now),
		AskSCIM: s.AskSCIM, AskRoles: s.AskRoles, Condition: policyfile.NewConditions(),
	}
	if s.Unpaced {
		h.Pace = nil
	}
	return &House{House: h, table: table, signed: s.SigningSecret, screens: client}, nil
}

func secretsPath(dir string) string { return filepath.Join(dir, "secrets.age") }

// secretsKept refuses a house that had tokens and has lost them: with empty
// secrets it could end nothing, and would not say why.
func secretsKept(dir string, memory *store.Store) error {
	if exists(secretsPath(dir)) {
		return nil
	}
	all, err := memory.Connectors(context.Background())
	if err != nil {
		return fault.Wrap("local.Open", err)
	}
	for _, c := range all {
		if c.Label != connector.NotConnected {
			return refuse("%s is missing, with the tokens of %s: put it back from a backup; if it is lost, start once with --lost-secrets, and install each connector again", secretsPath(dir), c.ID)
		}
	}
	return nil
}

// Close closes the table; nothing is lost without it.
func (h *House) Close() error { return h.table.Close() }

// tokens reads a connector's tokens from the secret store for each call, so
// that a new installation is used at once.
type tokens struct{ vault secret.Store }

func (t tokens) Tokens(ctx context.Context, id string) (connector.Tokens, error) {
	value, _, err := t.vault.Get(ctx, flow.TokenName(id))
	if err != nil {
		return connector.Tokens{}, err
	}
	var v struct{ User, Bot string }
	if json.Unmarshal(value, &v) != nil {
		return connector.Tokens{}, fault.New("local.Tokens", fault.Misconfigured, "the stored tokens of %s cannot be read; install again", id)
	}
	return connector.Tokens{User: v.User, Bot: v.Bot}, nil
}
