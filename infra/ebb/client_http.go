package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// Client is a running house as the client verbs reach it: over the API alone.
type Client struct {
	api    *apiclient.Client
	in     io.Reader
	out    io.Writer
	json   bool
	now    func() time.Time
	chosen string // --connector
	conn   *apiclient.Connector
}

// ClientFlags say which house, as whom, and in which form. Each client verb
// embeds them: they are no flags of ebb itself, whose other commands have a
// --dir and a --format of their own.
type ClientFlags struct {
	URL       string `name:"url" env:"EBB_URL" default:"http://127.0.0.1:8484" group:"Which house:" help:"Where the house is."`
	Key       string `env:"EBB_KEY" group:"Which house:" help:"API key; give it by environment, so that it stays out of the process list."`
	As        string `env:"EBB_AS" placeholder:"NAME" group:"Which house:" help:"Act by the key of this name in keys.json (admin when nothing is said)."`
	Dir       string `env:"EBB_DIR" default:".ebb" group:"Which house:" help:"Where keys.json lies; ebb run writes it."`
	Connector string `env:"EBB_CONNECTOR" placeholder:"ID|NAME" group:"Which house:" help:"Which connector, where there are several."`
	Format    string `enum:"table,json" default:"table" group:"Which house:" help:"table or json."`
}

// AfterApply binds the client that the verb's Run takes; it is made when Run
// is called, so that a missing key is no error of usage.
func (f *ClientFlags) AfterApply(k *kong.Context) error {
	return k.BindToProvider(func() (*Client, error) { return newClient(*f, os.Stdin, k.Stdout) })
}

// answerTime is how long one call may take; a retry of a grant speaks to Slack.
const answerTime = 60 * time.Second

// mostAnswer is how much of an answer is read.
const mostAnswer = 32 << 20

// newClient makes the client of a house. A key goes over TLS, or nowhere but
// to this machine.
func newClient(f ClientFlags, in io.Reader, out io.Writer) (*Client, error) {
	u, err := url.Parse(f.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("--url: %q is no address; write http://127.0.0.1:8484 or https://…", f.URL)
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--url: %s is another machine, and http would show the key on the way; use https", u.Host)
	}
	key, err := f.key()
	if err != nil {
		return nil, err
	}
	plain := &http.Client{Timeout: answerTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	api, err := apiclient.NewClient(strings.TrimSuffix(f.URL, "/"), apiclient.WithHTTPClient(plain), apiclient.WithRequestEditorFn(
		func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+key)
			return nil
		}))
	if err != nil {
		return nil, fmt.Errorf("--url: %w", err)
	}
	return &Client{api: api, in: in, out: out, json: f.Format == "json", now: time.Now, chosen: f.Connector}, nil
}

// Refused is an error that the house answered.
type Refused struct {
	apiclient.Problem
}

// Error says what to do next, and all that is wrong with a policy.
func (e *Refused) Error() string {
	out := clean(e.Detail)
	if len(e.Problems) > 0 {
		out = "this policy cannot be published; nothing was changed"
	}
	if e.Field != "" && len(e.Problems) == 0 {
		out = clean(e.Field) + ": " + out
	}
	if e.Code != "" {
		out += " (" + clean(e.Code) + ")"
	}
	if e.Instance != "" {
		out += " (" + clean(e.Instance) + ")"
	}
	for _, p := range e.Problems {
		out += "\n  " + problemLine(p)
	}
	return out
}

// call decodes an answer of the API, or gives its error.
func call[T any](r *http.Response, err error) (T, error) {
	var out T
	if err != nil {
		return out, unreachable(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, mostAnswer))
	if err != nil {
		return out, unreachable(err)
	}
	if r.StatusCode < 200 || r.StatusCode > 299 {
		return out, refusal(r, body)
	}
	if r.StatusCode == http.StatusNoContent {
		return out, nil
	}
	if err := json.Unmarshal(body, &out); err != nil {
		return out, fmt.Errorf("this is no answer of Ebb; is --url right? (%s)", r.Request.URL.Host)
	}
	return out, nil
}

// sure is call for what may be sent again: once more when the answer was lost.
// The key by which the house knows it is the same is the caller's, or a new one.
func sure[T any](key string, send func(key string) (*http.Response, error)) (T, error) {
	if key == "" {
		key = rand.Text()
	}
	out, err := call[T](send(key))
	var refused *Refused
	if err == nil || errors.As(err, &refused) && refused.Status != http.StatusServiceUnavailable {
		return out, err
	}
	return call[T](send(key))
}

func refusal(r *http.Response, body []byte) error {
	var p apiclient.Problem
	if json.Unmarshal(body, &p) != nil || p.Detail == "" {
		return fmt.Errorf("%s answers %s, and not as Ebb does; is --url right?", r.Request.URL.Host, r.Status)
	}
	if after := r.Header.Get("Retry-After"); after != "" {
		p.Detail += "; again in " + after + " s"
	}
	return &Refused{Problem: p}
}

func unreachable(err error) error {
	return fmt.Errorf("the house does not answer (%w); start it with ebb run, or say where it is with --url", err)
}

// most is how many items a list prints at most: one or more.
type most int

// UnmarshalText reads a number above 0.
func (m *most) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 {
		return fmt.Errorf("%q is no number above 0", text)
	}
	*m = most(n)
	return nil
}

// page is how many items to ask for at once.
func (m most) page() *int { return opt(int(min(m, pageSize))) }

// all reads the pages of a list until it ends or there are limit items; 0 is
// no limit. It also says whether something was left out.
func all[T any](limit most, page func(cursor string) ([]T, string, error)) ([]T, bool, error) {
	out, cursor := []T{}, ""
	for {
		items, next, err := page(cursor)
		if err != nil {
			return nil, false, err
		}
		out = append(out, items...)
		if n := int(limit); n > 0 && (len(out) > n || len(out) == n && next != "") {
			return out[:n], true, nil
		}
		if next == "" {
			return out, false, nil
		}
		cursor = next
	}
}

// opt is an optional parameter: left out where it is zero.
func opt[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// pageSize is what a list is read by.
const pageSize = 200
