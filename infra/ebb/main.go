// Command ebb is the operator's and everybody's hand: the house on a laptop
// (run, demo), a look at a Slack (sync, directory), and a client of a house
// that runs (request, approve, grants, …).
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"github.com/ebb-access/ebb/infra/ebb/demo"
	"github.com/ebb-access/ebb/infra/ebb/glance"
	"github.com/ebb-access/ebb/infra/ebb/local"
	"github.com/ebb-access/ebb/shared/fault"
)

// cli is the tree of commands.
type cli struct {
	Run       local.Run        `cmd:"" help:"Run the whole house on this machine." group:"The house:"`
	Demo      demo.Demo        `cmd:"" help:"Tell the main job in this terminal." group:"The house:"`
	Sync      glance.Sync      `cmd:"" help:"Read a Slack into a file, once, changing nothing." group:"A look at a Slack:"`
	Directory glance.Directory `cmd:"" help:"List what a sync has found." group:"A look at a Slack:"`

	ClientCommands `embed:"" group:"A house that runs:"`
}

func main() {
	var c cli
	k := kong.Parse(&c, kong.Name("ebb"), kong.UsageOnError(),
		kong.Description("Slack access that ends by itself, and proof that it did."),
		kong.BindTo(context.Background(), (*context.Context)(nil)))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "ebb:", say(err))
		os.Exit(1)
	}
}

// say gives the sentence for a person where there is one.
func say(err error) string {
	if text := fault.TextOf(err); text != "" && fault.KindOf(err) != fault.Internal {
		if code := fault.CodeOf(err); code != "" {
			return text + " (" + code + ")"
		}
		return text
	}
	return err.Error()
}
