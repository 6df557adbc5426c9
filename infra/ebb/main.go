// Command ebb is the operator's and everybody's hand: the house on a laptop
// (run, demo), a look at a Slack (report, sync, directory), and a client of a house
// that runs (request, approve, grants, …).
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"github.com/ebb-access/ebb/infra/ebb/demo"
	"github.com/ebb-access/ebb/infra/ebb/first"
	"github.com/ebb-access/ebb/infra/ebb/glance"
	"github.com/ebb-access/ebb/infra/ebb/local"
	"github.com/ebb-access/ebb/infra/ebb/manifest"
	"github.com/ebb-access/ebb/infra/ebb/reporting"
	"github.com/ebb-access/ebb/shared/fault"
)

// cli is the tree of commands.
type cli struct {
	Run    local.Run        `cmd:"" help:"Run the whole house on this machine." group:"The house:"`
	Demo   demoCmd          `cmd:"" help:"Tell the main job in this terminal; or an access review." group:"The house:"`
	Report reporting.Report `cmd:"" help:"A first look at a Slack, from an export or a token: a page to print, and CSV." group:"A look at a Slack:"`
	Sync   glance.Sync      `cmd:"" help:"Read a Slack into a file, once, changing nothing." group:"A look at a Slack:"`
	SignIn first.SignIn     `cmd:"" name:"signin" help:"Make a link that signs the first administrator in." group:"The house:"`
	Slack  manifest.Slack   `cmd:"" help:"Print the manifest of Ebb's Slack app." group:"The house:"`

	ClientCommands `embed:"" group:"A house that runs:"`

	Version     versionCmd       `cmd:"" help:"Say which ebb this is."`
	VersionFlag kong.VersionFlag `name:"version" help:"Say which ebb this is."`
}

// demoCmd is ebb demo: without another word, the main job.
type demoCmd struct {
	Main   demo.Demo   `cmd:"" default:"withargs" help:"Tell the main job in this terminal."`
	Review demo.Review `cmd:"" help:"Tell an access review from its draft to its evidence."`
}

func main() {
	var c cli
	parser := kong.Must(&c, kong.Name("ebb"), kong.Vars{"version": version()},
		kong.Description("Slack access that ends by itself, and proof that it did."),
		kong.BindTo(context.Background(), (*context.Context)(nil)))
	args := os.Args[1:]
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "ebb: %v\nSee: %s --help\n", err, where(err))
		os.Exit(2)
	}
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "ebb:", say(err))
		os.Exit(1)
	}
}

// where is the command that was written wrongly, as far as it was understood.
func where(err error) string {
	var bad *kong.ParseError
	if errors.As(err, &bad) && bad.Context != nil {
		if at := bad.Context.Selected(); at != nil {
			return at.FullPath()
		}
	}
	return "ebb"
}

// versionCmd is ebb version.
type versionCmd struct{}

// Run prints it.
func (versionCmd) Run(k *kong.Context) error {
	_, err := fmt.Fprintln(k.Stdout, version())
	return err
}

// version is the module's version and the commit that this was built from, as
// far as the build noted them.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "ebb, of an unknown version"
	}
	out := "ebb " + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			out += " " + s.Value[:min(len(s.Value), 12)]
		}
	}
	return out + " " + info.GoVersion
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
