package aws

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/secret"
)

// TokenTime is how long a process uses a connector's tokens before it reads
// them again: a new installation is used by all functions within that time.
// Without it each call of Slack would be a call of Secrets Manager, too.
const TokenTime = 30 * time.Second

// tokens is slack.Tokens over the secret store. What could not be read is not
// remembered.
type tokens struct {
	vault secret.Store
	now   func() time.Time

	mu   sync.Mutex
	kept map[string]kept
}

type kept struct {
	tokens connector.Tokens
	until  time.Time
}

func newTokens(vault secret.Store, now func() time.Time) *tokens {
	return &tokens{vault: vault, now: now, kept: map[string]kept{}}
}

// Tokens implements slack.Tokens.
func (t *tokens) Tokens(ctx context.Context, id string) (connector.Tokens, error) {
	const op = "functions.Tokens"
	t.mu.Lock()
	k, ok := t.kept[id]
	t.mu.Unlock()
	if ok && t.now().Before(k.until) {
		return k.tokens, nil
	}
	value, _, err := t.vault.Get(ctx, flow.TokenName(id))
	if err != nil {
		return connector.Tokens{}, fault.Wrap(op, err)
	}
	var v struct{ User, Bot string }
	if json.Unmarshal(value, &v) != nil {
		return connector.Tokens{}, fault.New(op, fault.Misconfigured, "the stored tokens of %s cannot be read; install again", id)
	}
	k = kept{connector.Tokens{User: v.User, Bot: v.Bot}, t.now().Add(TokenTime)}
	t.mu.Lock()
	t.kept[id] = k
	t.mu.Unlock()
	return k.tokens, nil
}

// What holds a secret prints without it.

func (*tokens) String() string   { return "functions/internal/aws.tokens" }
func (*tokens) GoString() string { return "functions/internal/aws.tokens" }
