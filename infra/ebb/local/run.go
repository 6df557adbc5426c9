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

	"github.com/ebb-access/ebb/shared/api"
	"github.com/ebb-access/ebb/shared/console"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/install"
	"github.com/ebb-access/ebb/shared/slack"
)

// Run is the command ebb run.
type Run struct {
	Dir       string        `default:".ebb" env:"EBB_DIR" help:"Where everything durable lies."`
	Listen    string        `default:"127.0.0.1:8484" help:"Where the house listens; loopback only."`
	SimListen string        `default:"127.0.0.1:8485" help:"Where the simulated Slack listens."`
	Export    string        `help:"Fill the simulated Slack from a workspace export (zip or folder): your own company, nothing installed." placeholder:"PATH"`
	Trace     bool          `help:"Print each call to Slack with its answer."`
	For       time.Duration `help:"Stop by itself after this time."`

	SlackAPIURL   string `name:"slack-api-url" env:"EBB_SLACK_API_URL" help:"A real Slack (https://slack.com/api/, or GovSlack), or another simulated one. Without it, Slack is simulated in this process."`
	AuthorizeURL  string `env:"EBB_SLACK_AUTHORIZE_URL" help:"Slack's consent page; derived from the API's address when missing."`
	ClientID      string `env:"EBB_SLACK_CLIENT_ID" help:"The app's client id, for Install with Slack."`
	ClientSecret  string `env:"EBB_SLACK_CLIENT_SECRET" help:"The app's client secret; give it by environment, so that it stays out of the process list."`
	SimulatedNote bool   `name:"simulated" hidden:"" help:"The Slack at --slack-api-url is simulated, without rate limits."`
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
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
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
	h, err := Open(r.Dir, url, s, log)
	if err != nil {
		return err
	}
	defer h.Close()

	server := &http.Server{Handler: Edges(h, sim != nil || r.SimulatedNote), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	if err := h.welcome(ctx, r, sim, url, out); err != nil {
		return errors.Join(err, server.Close())
	}
	h.Drive(ctx)
	grace, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	_ = server.Shutdown(grace)
	return h.goodbye(grace, out)
}

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

// Edges puts the HTTP edges of the house side by side.
func Edges(h *House, simulated bool) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/v1/", api.Handler(h.House, api.Options{}))
	door := install.Handler(h.House)
	mux.Handle("/connect/", door)
	mux.Handle("/slack/oauth/", door)
	mux.Handle("/", console.Handler(h.House, console.Options{Simulated: simulated}))
	return mux
}

// slack is the real Slack when its address was given, else a simulated one.
func (r *Run) slack(ctx context.Context, out io.Writer) (Slack, *simulation, error) {
	trace := func(slack.Call) {}
	if r.Trace {
		trace = func(c slack.Call) { printCall(out, c) }
	}
	if r.SlackAPIURL != "" {
		return Slack{
			APIURL: r.SlackAPIURL, AuthorizeURL: r.AuthorizeURL, ClientID: r.ClientID, ClientSecret: r.ClientSecret,
			OnCall: trace, Unpaced: r.SimulatedNote,
		}, nil, nil
	}
	sim, err := simulate(ctx, filepath.Join(r.Dir, "slack.json"), r.SimListen, r.Export)
	if err != nil {
		return Slack{}, nil, err
	}
	return Slack{
		APIURL: sim.url + "/api/", ClientID: sim.org.ClientID(), ClientSecret: sim.org.ClientSecret(), OnCall: trace, Unpaced: true,
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
	fmt.Fprintf(out, "The house stopped while %d grants are live. NOTHING ENDS WHILE IT IS OFF; start it again with the same --dir:\n", len(live))
	for _, g := range live {
		fmt.Fprintf(out, "  %s  %s on %s  %s, ends %s\n", g.ID, g.Account, g.Resource, g.State, g.End.UTC().Format(time.RFC3339))
	}
	return nil
}
