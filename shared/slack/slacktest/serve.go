package slacktest

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ServeHTTP answers as Slack does: /api/ (Web API), /oauth/v2/authorize,
// /openid/connect/, /.well-known/openid-configuration, /scim/v2/, /link/ (Socket
// Mode) and, which is ours alone, /_stats.
func (o *Org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.landDue()
	o.mux.ServeHTTP(w, r)
}

func (o *Org) routes() {
	o.mux = http.NewServeMux()
	o.mux.HandleFunc("/api/{method}", o.serveAPI)
	o.mux.HandleFunc("GET /oauth/v2/authorize", o.serveAuthorize)
	o.mux.HandleFunc("GET /_stats", o.serveStats)
	o.routeOpenID()
	o.routeSCIM()
	o.routeHooks()
	o.mux.HandleFunc("/link/", o.serveSocket)
}

// incoming is a call as it arrived, kept whole so that a write may land later.
type incoming struct {
	name   string
	spec   *method
	args   url.Values
	bearer string
	err    error // what parsing refused
	base   string
	client [2]string // client id and secret of HTTP basic authentication
	basic  bool
	write  bool
	scim   *scimCall // set for SCIM instead of the Web API
}

// answer is what goes back over HTTP.
type answer struct {
	status int
	header http.Header
	body   []byte
	ok     bool
	code   string // Slack's error code, or what went wrong below it
	user   string // owner of the token
}

func (o *Org) serveAPI(w http.ResponseWriter, r *http.Request) {
	in := incoming{name: r.PathValue("method"), base: baseURL(r)}
	if in.spec = methods[in.name]; in.spec == nil {
		o.finish(w, in, errorAnswer(refuse("unknown_method")))
		return
	}
	e, simulated := endpoints[in.name]
	if in.write = e.write; !simulated {
		http.Error(w, "slacktest: "+in.name+" is a method of Slack that is not simulated", http.StatusNotImplemented)
		o.record(in, answer{status: http.StatusNotImplemented, code: "not simulated"})
		return
	}
	in.client[0], in.client[1], in.basic = r.BasicAuth()
	in.args, in.bearer, in.err = parse(r, in.spec)
	o.serveWithFaults(w, r, in)
}

// execute runs a call once against the state, under the lock.
func (o *Org) execute(in incoming) answer {
	defer o.lock()()
	if in.scim != nil {
		return o.executeSCIM(in)
	}
	req, err := o.admit(in)
	if err != nil {
		return o.label(errorAnswer(err), in, req)
	}
	body, err := endpoints[in.name].run(req)
	if err != nil {
		return o.label(errorAnswer(err), in, req)
	}
	return o.label(okAnswer(body), in, req)
}

// label adds the headers that tell the token's scopes.
func (o *Org) label(a answer, in incoming, req *request) answer {
	if req == nil || req.tok == nil {
		return a
	}
	a.user = req.tok.user
	a.header.Set("X-OAuth-Scopes", strings.Join(req.tok.scopes, ","))
	if accepted := in.spec.Scope[req.tok.kind()]; len(accepted) > 0 {
		a.header.Set("X-Accepted-OAuth-Scopes", strings.Join(accepted, ","))
	}
	return a
}

func okAnswer(body reply) answer {
	if body == nil {
		body = reply{}
	}
	if _, said := body["ok"]; !said {
		body["ok"] = true
	}
	ok, _ := body["ok"].(bool)
	return jsonAnswer(http.StatusOK, ok, "", body)
}

func errorAnswer(err error) answer {
	var limited *rateLimited
	if errors.As(err, &limited) {
		return limitAnswer(limited.after)
	}
	var r *refusal
	if !errors.As(err, &r) {
		r = &refusal{code: "internal_error"}
	}
	return jsonAnswer(http.StatusOK, false, r.code, r.body())
}

func limitAnswer(seconds int) answer {
	a := jsonAnswer(http.StatusTooManyRequests, false, "ratelimited", reply{"ok": false, "error": "ratelimited"})
	a.header.Set("Retry-After", strconv.Itoa(seconds))
	return a
}

func jsonAnswer(status int, ok bool, code string, body any) answer {
	raw, err := json.Marshal(body)
	if err != nil {
		panic("slacktest: " + err.Error())
	}
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Cache-Control": {"private, no-cache, no-store, must-revalidate"}}
	return answer{status: status, header: h, body: raw, ok: ok, code: code}
}

// finish writes an answer and records the call.
func (o *Org) finish(w http.ResponseWriter, in incoming, a answer) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that went away is its own business
	o.record(in, a)
}

func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
