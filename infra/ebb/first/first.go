// Package first makes the first key and the first sign-in link of a house. Nobody has a key yet
// who could ask the API for one, so it writes the table with the operator's own
// AWS credentials, through the same verbs and with the same events. It is also
// the way back in when every administrator's key is lost.
package first

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/dynamo"
)

// Administrator is the id of a house's first Super Administrator.
const Administrator = "u_admin"

// Key is the command ebb key first.
type Key struct {
	Table    string `required:"" placeholder:"NAME" help:"The deployed house's table: the stack's name."`
	Name     string `default:"first" help:"What the key is for."`
	Endpoint string `hidden:"" env:"EBB_DYNAMODB_ENDPOINT"`
}

// Run makes the first Super Administrator where there is none, and a key.
func (k *Key) Run(ctx context.Context) error {
	client, err := client(ctx, k.Endpoint)
	if err != nil {
		return err
	}
	return k.make(ctx, client, os.Stdout)
}

// client reaches the table with the operator's own credentials.
func client(ctx context.Context, endpoint string) (*dynamodb.Client, error) {
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	return dynamodb.NewFromConfig(c, func(o *dynamodb.Options) {
		if endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
	}), nil
}

func (k *Key) make(ctx context.Context, client dynamo.Client, out io.Writer) error {
	h := &flow.House{
		Now: time.Now, NewID: flow.RandomID, NewWord: flow.RandomWord,
		Memory: store.New(dynamo.Open(client, k.Table, dynamo.Options{}), store.Options{}),
	}
	root, err := h.FirstUser(ctx, Administrator, "Administrator")
	if err != nil {
		return err
	}
	key, _, err := h.CreateKey(ctx, access.Actor{User: root}, root.ID, k.Name, false)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n\nThis is shown once. Use it as EBB_KEY, with EBB_URL from the deploy; it acts as %s, a Super Administrator.\n", key, root.ID)
	return nil
}
