// Package oidctest is an issuer of OpenID Connect for tests and for trying a
// house on a laptop: discovery, a page where one chooses who one is, codes that
// work once and within a minute, PKCE, id tokens, user info. It is strict where
// issuers are, and lies where a test says so.
//
// It signs in whoever asks, so it never stands where others can reach it.
package oidctest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Person is somebody whom the issuer knows.
type Person struct {
	Subject, Name, Email string
	Verified             bool
	AuthTime             time.Time // zero: it does not say
}

// Issuer is the issuer. Its fields are set before it is served.
type Issuer struct {
	URL, ClientID, ClientSecret string
	Redirects                   []string
	People                      []Person
	Now                         func() time.Time
	// Lie changes the claims of an id token before it is signed; Forge signs with a
	// key that the issuer does not publish.
	Lie   func(claims map[string]any)
	Forge bool
	// Thin leaves the e-mail to the user info endpoint.
	Thin bool

	mu     sync.Mutex
	key    *rsa.PrivateKey
	codes  map[string]*grant
	tokens map[string]Person
	asked  url.Values // of the last visit to the page
}

type grant struct {
	who       Person
	redirect  string
	nonce     string
	challenge string
	issued    time.Time
	used      bool
}

// New makes an issuer with a fresh key.
func New(address string) *Issuer {
	return &Issuer{
		URL: address, ClientID: "ebb", ClientSecret: "issuer-secret", Now: time.Now,
		key: newKey(), codes: map[string]*grant{}, tokens: map[string]Person{},
	}
}

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("oidctest: " + err.Error())
	}
	return key
}

// Asked is what the last visitor's address asked for.
func (i *Issuer) Asked() url.Values {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// ServeHTTP serves the issuer.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /keys", i.keys)
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	mux.HandleFunc("GET /userinfo", i.userInfo)
	mux.ServeHTTP(w, r)
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token",
		"jwks_uri": i.URL + "/keys", "userinfo_endpoint": i.URL + "/userinfo",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic"},
		"code_challenge_methods_supported":      []string{"S256"},
	})
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	p := i.key.PublicKey
	answer(w, http.StatusOK, map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "oidctest",
		"n": b64(p.N.Bytes()), "e": b64(big.NewInt(int64(p.E)).Bytes()),
	}}})
}

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Who are you? (an issuer for tests)</title>
<h1>Who are you?</h1>
{{range .People}}<form>{{range $k, $v := $.Asked}}<input type="hidden" name="{{$k}}" value="{{index $v 0}}">{{end}}
<input type="hidden" name="_as" value="{{.Subject}}"><button>{{.Name}}</button></form>{{end}}
</html>
`))

// authorize is the page; with _as (a subject) it acts as if that was chosen.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	i.mu.Lock()
	i.asked = q
	i.mu.Unlock()
	to := q.Get("redirect_uri")
	if q.Get("client_id") != i.ClientID || !slices.Contains(i.Redirects, to) || q.Get("response_type") != "code" ||
		q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" {
		http.Error(w, "this client, redirect address or challenge is not known here", http.StatusBadRequest)
		return
	}
	if !q.Has("_as") {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, map[string]any{"People": i.People, "Asked": q})
		return
	}
	at := slices.IndexFunc(i.People, func(p Person) bool { return p.Subject == q.Get("_as") })
	if at < 0 {
		http.Redirect(w, r, to+"?"+url.Values{"error": {"access_denied"}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
		return
	}
	code := rand.Text()
	i.mu.Lock()
	i.codes[code] = &grant{who: i.People[at], redirect: to, nonce: q.Get("nonce"), challenge: q.Get("code_challenge"), issued: i.Now()}
	i.mu.Unlock()
	http.Redirect(w, r, to+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
