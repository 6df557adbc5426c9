package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/ebb-access/ebb/shared/api/apiclient"
	"github.com/ebb-access/ebb/shared/policyfile"
)

// PolicyCmd is ebb policy.
type PolicyCmd struct {
	Publish PolicyPublishCmd `cmd:"" help:"Put a policy in force as the next version."`
	Confirm PolicyConfirmCmd `cmd:"" help:"Put in force what somebody else proposed."`
	Refuse  PolicyRefuseCmd  `cmd:"" help:"Veto a policy that waits, or take yours back."`
	History PolicyHistoryCmd `cmd:"" help:"List every version, and what waits."`
	Diff    PolicyDiffCmd    `cmd:"" help:"Say what a version changed."`
	Explain PolicyExplainCmd `cmd:"" help:"May somebody have this, for so long, now?"`
	Check   PolicyCheckCmd   `cmd:"" help:"Check a file; needs no house."`
}

// PolicyPublishCmd is ebb policy publish.
type PolicyPublishCmd struct {
	ClientFlags
	File string `arg:"" help:"The policy; - is standard input."`
	Dry  bool   `name:"dry-run" help:"Say what it would end, and publish nothing."`
}

// Run publishes, and lists the live grants that the new policy would not give.
func (x *PolicyPublishCmd) Run(c *Client) error {
	src, err := readFile(x.File, c.in)
	if err != nil {
		return err
	}
	if x.Dry {
		return c.wouldChange(string(src))
	}
	p, err := call[publication](c.api.PublishPolicyWithBody(background(), "application/yaml", strings.NewReader(string(src))))
	if err != nil {
		return err
	}
	if p.State != "" {
		return c.show(p.PolicyDraft, func(w io.Writer) { c.printDraft(w, p.PolicyDraft) })
	}
	return c.show(p.Published, func(w io.Writer) { c.printPublished(w, p.Published) })
}

// PolicyExplainCmd is ebb policy explain.
type PolicyExplainCmd struct {
	ClientFlags
	Who         string `placeholder:"PERSON" help:"Who would ask; you, if left out."`
	What        string `placeholder:"RESOURCE" help:"@handle, '#channel' or id."`
	Profile     string `placeholder:"ID" help:"Each thing of an access profile, instead of --what."`
	For         span   `required:"" placeholder:"2h" help:"For how long."`
	Subject     string `placeholder:"PERSON" help:"Who would get it; who asks, if left out."`
	Entitlement string `enum:",member,admin" default:"" help:"member, or admin of a workspace; what can be asked for, if left out."`
}

// asker refuses the question for oneself by who has no account in Slack.
func (x *PolicyExplainCmd) asker(ctx context.Context, c *Client) error {
	if x.Who != "" {
		return nil
	}
	me, err := call[apiclient.Me](c.api.GetMe(ctx))
	if err == nil && len(me.User.Accounts) == 0 {
		err = fmt.Errorf("%s has no account in Slack that could ask; say who would with --who", clean(me.User.Name))
	}
	return err
}

// Run prints the answer in words, with the rule that decided.
func (x *PolicyExplainCmd) Run(c *Client) error {
	ctx := background()
	if (x.What == "") == (x.Profile == "") {
		return errors.New("name one resource with --what, or an access profile with --profile")
	}
	if err := x.asker(ctx, c); err != nil {
		return err
	}
	conn, err := c.connector(ctx)
	if err != nil {
		return err
	}
	q := apiclient.ExplainPolicyParams{Connector: conn.Id, Seconds: x.For.seconds()}
	if x.Entitlement != "" {
		q.Entitlement = opt(apiclient.Slug(x.Entitlement))
	}
	if q.Requester, err = x.person(ctx, c, x.Who); err != nil {
		return err
	}
	if q.Subject, err = x.person(ctx, c, x.Subject); err != nil {
		return err
	}
	resources, err := x.resources(ctx, c, conn.Id)
	if err != nil {
		return err
	}
	var all []apiclient.Explanation
	for _, q.Resource = range resources {
		e, err := call[apiclient.Explanation](c.api.ExplainPolicy(ctx, &q))
		if err != nil {
			return err
		}
		all = append(all, e)
	}
	if x.Profile == "" {
		return c.show(all[0], func(w io.Writer) { printExplanation(w, all[0]) })
	}
	return c.show(all, func(w io.Writer) {
		for _, e := range all {
			printExplanation(w, e)
		}
	})
}

// person is the account that a word means; nil: none was said.
func (x *PolicyExplainCmd) person(ctx context.Context, c *Client, word string) (*string, error) {
	if word == "" {
		return nil, nil //nolint:nilnil // the parameter is left out
	}
	a, err := c.account(ctx, word)
	return &a.Id, err
}

// resources are the one that is asked about, or those of the profile.
func (x *PolicyExplainCmd) resources(ctx context.Context, c *Client, conn string) ([]string, error) {
	if x.Profile == "" {
		r, err := c.resource(ctx, x.What)
		return []string{r.Id}, err
	}
	list, err := call[apiclient.ProfileList](c.api.ListProfiles(ctx, conn))
	if err != nil {
		return nil, err
	}
	for _, p := range list.Items {
		if p.Id != x.Profile {
			continue
		}
		var out []string
		for _, r := range p.Resources {
			out = append(out, r.Id)
		}
		return out, nil
	}
	return nil, fmt.Errorf("there is no access profile %q that you can see; list them: ebb profiles", clean(x.Profile))
}

func printExplanation(w io.Writer, e apiclient.Explanation) {
	whose := clean(e.Requester) + " may"
	if e.Subject != e.Requester {
		whose = clean(e.Requester) + " may ask for " + clean(e.Subject) + " to"
	}
	if e.Allowed {
		fmt.Fprintf(w, "Yes: %s have %s.\n", whose, clean(e.Resource))
	} else {
		fmt.Fprintf(w, "No: %s not have %s.\n", whose, clean(e.Resource))
	}
	if e.Rule != "" {
		fmt.Fprintf(w, "Rule %q of version %d %s.\n", clean(e.Rule), e.PolicyVersion, clean(e.Because))
	} else {
		fmt.Fprintf(w, "Because %s.\n", clean(e.Because))
	}
	if e.Risk != "" {
		fmt.Fprintf(w, "The policy calls this %s risk.\n", clean(e.Risk))
	}
	if e.Solo != "" {
		fmt.Fprintf(w, "Nobody else could approve it now, so it %s.\n", clean(e.Solo))
	}
	if e.Frozen != "" {
		fmt.Fprintf(w, "It waits all the same: %s.\n", clean(e.Frozen))
	}
	if e.Emergency != "" {
		fmt.Fprintf(w, "In an emergency (--emergency) it %s.\n", clean(e.Emergency))
	}
	if len(e.Approvers) > 0 {
		fmt.Fprintf(w, "Could approve now: %s.\n", clean(strings.Join(e.Approvers, ", ")))
	} else if e.Allowed && !e.Auto && e.Solo == "" {
		fmt.Fprintln(w, "Nobody could approve it now.")
	}
	for _, s := range e.Course {
		fmt.Fprintf(w, "- %s.\n", clean(s))
	}
	for _, g := range e.Gives {
		fmt.Fprintf(w, "It also %s.\n", clean(g))
	}
	for _, t := range e.Trail {
		fmt.Fprintf(w, "  %s\n", clean(t))
	}
}

// PolicyCheckCmd is ebb policy check.
type PolicyCheckCmd struct {
	File string `arg:"" help:"The policy; - is standard input."`
}

// errPolicy ends the command with 1 after the problems were printed.
var errPolicy = errors.New("this policy cannot be published")

// Run checks without a house. What is only a warning does not fail.
func (x *PolicyCheckCmd) Run(k *kong.Context) error { return checkPolicy(x.File, os.Stdin, k.Stdout) }

func checkPolicy(file string, in io.Reader, out io.Writer) error {
	src, err := readFile(file, in)
	if err != nil {
		return err
	}
	p, err := policyfile.Parse(src)
	var found []policyfile.Problem
	if all := policyfile.Errors(nil); errors.As(err, &all) {
		found = all
	} else if err != nil {
		return err
	} else {
		found = policyfile.Check(p)
	}
	for _, q := range found {
		fmt.Fprintf(out, "%s: %s\n", file, clean(q.String()))
	}
	if err != nil || policyfile.Failed(found) {
		return errPolicy
	}
	fmt.Fprintf(out, "%s: ok, %d rules\n", file, len(p.Rules))
	return nil
}

func readFile(file string, in io.Reader) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(io.LimitReader(in, policyfile.MostBytes+1))
	}
	return os.ReadFile(file)
}
