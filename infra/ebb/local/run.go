package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/api"
	"github.com/ebb-access/ebb/shared/console"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
	"github.com/ebb-access/ebb/shared/install"
	"github.com/ebb-access/ebb/shared/secret/file"
	"github.com/ebb-access/ebb/shared/slack"
	"github.com/ebb-access/ebb/shared/slack/slacktest/window"
	"github.com/ebb-access/ebb/shared/slackapp"
)

// Run is the command ebb run.
type Run struct {
	Dir       string        `default:".ebb" env:"EBB_DIR" help:"Where everything durable lies."`
	Listen    string        `default:"127.0.0.1:8484" help:"Where the house listens; loopback only."`
	SimListen string        `default:"127.0.0.1:8485" help:"Where the simulated Slack listens."`
	Export    string        `help:"Fill the simulated Slack from a workspace export (zip or folder): your own company, nothing installed." placeholder:"PATH"`
	Trace     bool          `help:"Print each call to Slack with its answer."`
	For       time.Duration `help:"Stop by itself after this time."`

	LostSecrets   bool   `help:"secrets.age is lost: begin with an empty one; each connector has to be installed again."`
	SlackAPIURL   string `name:"slack-api-url" env:"EBB_SLACK_API_URL" help:"A real Slack (https://slack.com/api/, or GovSlack), or another simulated one. Without it, Slack is simulated in this process."`
	AuthorizeURL  string `env:"EBB_SLACK_AUTHORIZE_URL" help:"Slack's consent page; derived from the API's address when missing."`
	ClientID      string `env:"EBB_SLACK_CLIENT_ID" help:"The app's client id, for Install with Slack."`
	ClientSecret  string `env:"EBB_SLACK_CLIENT_SECRET" help:"The app's client secret; give it by environment, so that it stays out of the process list."`
	SigningSecret string `env:"EBB_SLACK_SIGNING_SECRET" help:"The app's signing secret, for Slack's events; give it by environment. Without it no event is taken, and the syncs alone tell what happens in Slack."`
	AppToken      string `env:"EBB_SLACK_APP_TOKEN" help:"An app-level token (xapp-…, scope connections:write): what Slack tells then comes by Socket Mode, and no address of this machine has to be public. Give it by environment."`
	SCIM          bool   `name:"scim" aliases:"last-seen" env:"EBB_SLACK_SCIM" help:"Install with Slack asks for the scope admin too, also as --last-seen: SCIM then takes the last member out of a user group (Business+), and Slack tells when accounts were last active (paid plans)."`
	Roles         bool   `env:"EBB_SLACK_ROLES" help:"Install with Slack asks for the scope admin.users:write too, which Slack gives in Enterprise organizations alone: Ebb then changes roles and membership of workspaces itself."`
	Issuer        `embed:"" prefix:""`
	SimulatedNote bool `name:"simulated" hidden:"" help:"The Slack at --slack-api-url is simulated, without rate limits."`
}

// Run runs the house until it is told to stop.
func (r *Run) Run(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	if r.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.For)
		defer cancel()
	}
	return r.serve(ctx, os.Stdout)
}

// serve opens the house, serves it, and closes everything again.
func (r *Run) serve(ctx context.Context, out io.Writer) error {
	if err := loopback(r.Listen, r.SimListen); err != nil {
		return err
	}
	if err := appToken(r.AppToken); err != nil {
		return err
	}
	log := slog.New(quiet{slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}), ctx})
	place, err := r.place()
	if err != nil {
		return err
	}
	defer place.close()
	listener, err := net.Listen("tcp", r.Listen)
	if err != nil {
		return fault.New("ebb run", fault.Misconfigured, "%s is taken (%v): is the house running already? Choose another address with --listen", r.Listen, err)
	}
	defer listener.Close()
	s, sim, err := r.slack(ctx, out)
	if err != nil {
		return err
	}
	defer sim.close()
	url := "http://" + listener.Addr().String()
	if err := place.save(); err != nil {
		return err
	}
	h, err := Open(r.Dir, url, s, log)
	if err != nil {
		return err
	}
	defer h.Close()

	if h.Vouchers, err = vouchers(s, r.Issuer); err != nil {
		return err
	}
	if sim != nil {
		h.Window = sim.url + window.Path
	}
	edges := Edges(h, sim != nil || r.SimulatedNote)
	server := &http.Server{Handler: edges, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer sim.tell(ctx, url)()
	if sim == nil {
		defer hear(ctx, r.SlackAPIURL, r.AppToken, slackapp.Socket{Door: edges, Secret: h.signed, Now: h.Now}, log)()
	}
	if err := h.welcome(ctx, r, place, sim, url, out); err != nil {
		if ctx.Err() != nil {
			fmt.Fprintln(out, "The house stopped before it was ready; start it again with the same --dir.")
			err = nil
		}
		return errors.Join(err, server.Close())
	}
	h.Drive(ctx)
	grace, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	_ = server.Shutdown(grace)
	return h.goodbye(grace, out)
}

// place takes the folder, when it is this house's and nothing is lost of it.
func (r *Run) place() (*folder, error) {
	to := r.SlackAPIURL
	if to == "" {
		to = simulatedSlack
	}
	d, err := claim(r.Dir)
	if err != nil {
		return nil, err
	}
	if err := d.belongs(to); err != nil {
		return nil, errors.Join(err, d.close())
	}
	d.note.Export = d.note.Export || r.Export != ""
	if r.LostSecrets && d.has("ebb.db") {
		vault, err := file.Open(secretsPath(r.Dir))
		if err != nil {
			return nil, errors.Join(err, d.close())
		}
		_ = vault.Close() // only forgets
	}
	return d, nil
}

// quiet leaves out that work was broken off because the house stops.
type quiet struct {
	slog.Handler
	house context.Context //nolint:containedctx // whose end is asked for, not passed on
}

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	stopped := false
	r.Attrs(func(a slog.Attr) bool {
		err, _ := a.Value.Any().(error)
		stopped = stopped || q.house.Err() != nil && (fault.Is(err, fault.Backoff) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
		return !stopped
	})
	if stopped {
		return nil
	}
	return q.Handler.Handle(ctx, r)
}

func (q quiet) WithAttrs(a []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(a), q.house} }

func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name), q.house} }

// loopback refuses to serve other machines: this house has no TLS.
func loopback(addrs ...string) error {
	for _, a := range addrs {
		host, _, err := net.SplitHostPort(a)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			return fault.New("ebb run", fault.Invalid, "%q is not an address of this machine alone; use 127.0.0.1:PORT", a)
		}
	}
	return nil
}

// Edges puts the HTTP edges of the house side by side, for this machine alone.
// What Slack sends comes from elsewhere, through a tunnel that carries its own name:
// its signature is what it is let in by.
func Edges(h *House, simulated bool) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/v1/", api.Handler(h.House, api.Options{Whole: true}))
	door := install.Handler(h.House)
	mux.Handle("/connect/", door)
	mux.Handle("/slack/oauth/", door)
	mux.Handle("/", console.Handler(h.House, console.Options{Simulated: simulated, Window: h.Window}))
	all := http.NewServeMux()
	for _, path := range slackapp.Paths {
		all.Handle(path, slackapp.Handler(h.House, h.signed, h.screens))
	}
	all.Handle("/", here(mux))
	return all
}

// slack is the real Slack when its address was given, else a simulated one.
func (r *Run) slack(ctx context.Context, out io.Writer) (Slack, *simulation, error) {
	trace := func(slack.Call) {}
	if r.Trace {
		trace = func(c slack.Call) { printCall(out, c) }
	}
	if r.SlackAPIURL != "" {
		if r.AppToken != "" && r.SigningSecret == "" {
			r.SigningSecret = flow.RandomWord() // the socket's alone: nobody else can sign
		}
		return Slack{
			APIURL: r.SlackAPIURL, AuthorizeURL: r.AuthorizeURL, ClientID: r.ClientID, ClientSecret: r.ClientSecret,
			SigningSecret: slackapp.Secret(r.SigningSecret), OnCall: trace, AskSCIM: r.SCIM, AskRoles: r.Roles, Unpaced: r.SimulatedNote,
		}, nil, nil
	}
	sim, err := simulate(ctx, filepath.Join(r.Dir, "slack.json"), r.SimListen, r.Export)
	if err != nil {
		return Slack{}, nil, err
	}
	return Slack{
		APIURL: sim.url + "/api/", ClientID: sim.org.ClientID(), ClientSecret: sim.org.ClientSecret(),
		SigningSecret: slackapp.Secret(sim.org.SigningSecret()),
		OnCall:        trace, AskSCIM: true, Unpaced: true, // the simulated company is on Business+
	}, sim, nil
}

// printCall is one line a call: the method and Slack's answer.
func printCall(out io.Writer, c slack.Call) {
	answer := "ok"
	if !c.OK {
		answer = c.Code
	}
	who := c.As
	if who == "" {
		who = "app"
	}
	fmt.Fprintf(out, "slack> %-26s %-5s %-20s %s\n", c.Method, who, answer, c.Duration.Round(time.Millisecond))
}

// goodbye says what stays behind: a house that is off ends nothing.
func (h *House) goodbye(ctx context.Context, out io.Writer) error {
	live, err := h.Memory.Grants(ctx, true, 100)
	if err != nil {
		return err
	}
	if len(live) == 0 {
		fmt.Fprintln(out, "The house stopped. No access is out.")
		return nil
	}
	grants := "1 grant is"
	if len(live) > 1 {
		grants = fmt.Sprintf("%d grants are", len(live))
	}
	fmt.Fprintf(out, "The house stopped while %s live. NOTHING ENDS WHILE IT IS OFF; start it again with the same --dir:\n", grants)
	for _, g := range live {
		fmt.Fprintf(out, "  %s  %s\n", g.ID, h.sentence(ctx, g))
	}
	return nil
}

// sentence is a grant in names, where they are known.
func (h *House) sentence(ctx context.Context, g access.Grant) string {
	who, what, state := g.Account, g.Resource, string(g.State)
	if a, err := h.Memory.Account(ctx, g.Connector, g.Account); err == nil {
		who = a.Label()
	}
	if r, err := h.Memory.Resource(ctx, g.Connector, g.Resource); err == nil {
		what = access.Name(r)
	}
	if g.NeedsAttention(h.Now()) {
		state = "needs attention"
	}
	return fmt.Sprintf("%s on %s, %s, ends %s", who, what, state, g.End.Local().Format("2006-01-02 15:04:05"))
}
