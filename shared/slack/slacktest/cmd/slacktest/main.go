// Command slacktest serves a simulated Slack until it gets SIGTERM or SIGINT.
// When it is ready it prints one line of JSON: addresses, tokens and secrets,
// all made up at start. It listens on loopback unless told otherwise.
//
//	go run ./shared/slack/slacktest/cmd/slacktest -people 1000 -groups 50 -channels 100
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "slacktest:", err)
		os.Exit(1)
	}
}
