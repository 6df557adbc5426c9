// Package reporting is ebb report: a first look at a Slack, from an export or a
// token that can read, as a page to print and sheets. Nothing has to be installed
// and nothing is kept but the report: no token, no copy of the export. It changes
// nothing in Slack and opens no message.
package reporting

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/report"
	"github.com/ebb-access/ebb/shared/reportpage"
	"github.com/ebb-access/ebb/shared/slackexport"
)

// Report is the command ebb report.
type Report struct {
	Export       string `xor:"source" placeholder:"FILE.zip" help:"A workspace export as Slack gives it, the zip or its unpacked folder. No message in it is opened."`
	TokenFile    string `xor:"source" placeholder:"FILE|-" help:"A file with a user or bot token that can read; - reads it from standard input."`
	Example      bool   `xor:"source" help:"Report on a simulated company."`
	Out          string `default:"ebb-report" placeholder:"DIR" help:"The folder to write to; made when missing."`
	SlackAPIURL  string `name:"slack-api-url" aliases:"slack-url" default:"https://slack.com/api/" help:"Slack's Web API; another host for GovSlack or the simulated Slack."`
	InactiveDays int    `default:"90" help:"From how many days without activity on an account is listed."`
	QuietDays    int    `default:"180" help:"From how many days without a message on a channel is listed."`
	Quiet        bool   `help:"No progress."`
}

// Run makes the report.
func (r *Report) Run(ctx context.Context) error {
	if r.Export == "" { // what is read of a file ends with the process, as it is
		var stop func()
		ctx, stop = signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
		defer stop()
	}
	err := r.make(ctx, desk{in: os.Stdin, out: os.Stdout, progress: os.Stderr, now: time.Now, wait: wait})
	if err != nil && ctx.Err() != nil {
		return fault.New(op, fault.Backoff, "stopped; nothing was written")
	}
	return err
}

// desk is what a command has around it.
type desk struct {
	in            io.Reader
	out, progress io.Writer
	now           func() time.Time
	wait          func(context.Context, time.Duration) error
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (r *Report) make(ctx context.Context, d desk) error {
	if r.Quiet {
		d.progress = io.Discard
	}
	// Whatever will not be written is not read for.
	if err := usable(r.Out); err != nil {
		return err
	}
	picture, err := r.picture(ctx, d)
	if err != nil {
		return err
	}
	made := report.Build(picture, report.Options{InactiveDays: r.InactiveDays, QuietDays: r.QuietDays})
	if err := write(r.Out, made); err != nil {
		return err
	}
	if err := reportpage.Summary(d.out, made); err != nil {
		return err
	}
	_, err = fmt.Fprintf(d.out, "\n%s (open it, print it), and a CSV of each section beside it\n", filepath.Join(r.Out, pageName))
	return err
}

// picture reads the source that was named.
func (r *Report) picture(ctx context.Context, d desk) (report.Picture, error) {
	switch {
	case r.Example:
		return r.example(ctx, d)
	case r.Export != "":
		fmt.Fprintln(d.progress, "reading the lists of people and channels in the export; no message is opened")
		return slackexport.Read(r.Export, d.now())
	case r.TokenFile != "":
		token, err := readToken(r.TokenFile, d.in)
		if err != nil {
			return report.Picture{}, err
		}
		return r.byToken(ctx, d, token)
	}
	return report.Picture{}, fault.New(op, fault.Invalid,
		"name what to look at: --export FILE.zip, a workspace export of Slack's; --token-file FILE, a token that can read; or --example, a simulated company")
}
