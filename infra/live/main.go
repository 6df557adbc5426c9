// Command live says which grants are not at their end, and fails when there
// are any:
//
//	go run ./infra/live --table ebb
//
// `make destroy` asks it before a house is taken down: without a house, nothing
// ends. It reads the table with the operator's own credentials, because a house
// that is in trouble may not answer; it changes nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/dynamo"
)

// What the process ends with: destroying may go on only after none.
const (
	none    = 0
	some    = 1
	unknown = 2
)

// shown is how many grants are listed.
const shown = 50

func main() {
	table := flag.String("table", "ebb", "the house's table")
	endpoint := flag.String("endpoint", os.Getenv("EBB_DYNAMODB_ENDPOINT"), "where DynamoDB is, for tests")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	house, err := open(ctx, *table, *endpoint)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(unknown)
	}
	os.Exit(run(ctx, house, os.Stdout))
}

// grants is what is asked of the store.
type grants interface {
	Grants(ctx context.Context, liveOnly bool, limit int) ([]access.Grant, error)
}

func open(ctx context.Context, table, endpoint string) (grants, error) {
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	client := dynamodb.NewFromConfig(c, func(o *dynamodb.Options) {
		if endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
	})
	return store.New(dynamo.Open(client, table, dynamo.Options{}), store.Options{}), nil
}

// run prints what is live. What cannot be read counts as live.
func run(ctx context.Context, house grants, out io.Writer) int {
	live, err := house.Grants(ctx, true, shown+1)
	if err != nil {
		fmt.Fprintf(out, "Whether grants are live could not be read: %v\n", err)
		return unknown
	}
	if len(live) == 0 {
		fmt.Fprintln(out, "No grant is live.")
		return none
	}
	fmt.Fprintln(out, "These grants are live, and WITHOUT A HOUSE NOTHING ENDS:")
	for i, g := range live {
		if i == shown {
			fmt.Fprintln(out, "  and more")
			break
		}
		fmt.Fprintf(out, "  %s  %s on %s  %s, ends %s\n", g.ID, g.Account, g.Resource, g.State, g.End.UTC().Format(time.RFC3339))
	}
	fmt.Fprintln(out, "End them (ebb connectors drain, or ebb end GRANT) and wait until they are revoked.")
	return some
}
