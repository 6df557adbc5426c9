package oidc_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/oidc"
	"github.com/ebb-access/ebb/shared/oidc/oidctest"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

const back = "http://127.0.0.1:8484/signin/oidc/callback"

var journey = access.SignIn{State: "state.mac", Nonce: "nonce-1", Verifier: strings.Repeat("v", 43), Redirect: back}

// stage is an issuer over HTTP and its client.
type stage struct {
	*oidctest.Issuer
	client *oidc.Issuer
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s.Issuer = oidctest.New(server.URL)
	s.Redirects = []string{back}
	s.People = []oidctest.Person{{Subject: "ada-1", Name: "Ada", Email: "ada@umbra.example", Verified: true}}
	var err error
	if s.client, err = oidc.New(oidc.Config{Issuer: server.URL, Client: s.credentials}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stage) credentials(context.Context) (string, string, error) {
	return s.ClientID, s.ClientSecret, nil
}

// consent chooses a person on the issuer's page and gives the code.
func consent(t *testing.T, address, as string, more ...string) string {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(address + "&_as=" + as + strings.Join(more, ""))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusFound {
		t.Fatal(res.Status, err)
	}
	if !strings.HasPrefix(to.String(), journey.Redirect) || to.Query().Get("state") != journey.State {
		t.Fatal("came back to", to)
	}
	return to.Query().Get("code")
}

func (s *stage) code(t *testing.T, j access.SignIn) string {
	t.Helper()
	address, err := s.client.AuthorizeURL(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	return consent(t, address, "ada-1")
}

func TestAnIssuerVouches(t *testing.T) {
	for _, thin := range []bool{false, true} {
		s := newStage(t)
		s.Thin = thin
		at := time.Now().Add(-time.Hour).Truncate(time.Second).UTC()
		s.People[0].AuthTime = at
		got, err := s.client.Vouch(t.Context(), journey, s.code(t, journey))
		want := access.Vouched{Issuer: s.URL, Subject: "ada-1", Email: "ada@umbra.example", Authenticated: at}
		if err != nil || got != want {
			t.Errorf("thin %v: %+v, %v", thin, got, err)
		}
	}
}

func TestOnlyAVerifiedEmailCounts(t *testing.T) {
	for value, want := range map[any]string{true: "ada@umbra.example", "true": "ada@umbra.example", false: "", "false": "", "yes": "", 1: "", nil: ""} {
		s := newStage(t)
		s.Lie = func(c map[string]any) { c["email_verified"] = value }
		if got, err := s.client.Vouch(t.Context(), journey, s.code(t, journey)); err != nil || got.Email != want {
			t.Errorf("email_verified %v: %+v, %v", value, got, err)
		}
	}
}

func TestWhatIsNotGenuineIsRefused(t *testing.T) {
	for name, lie := range map[string]func(c map[string]any){
		"another nonce":    func(c map[string]any) { c["nonce"] = "nonce-2" },
		"no nonce":         func(c map[string]any) { delete(c, "nonce") },
		"another client's": func(c map[string]any) { c["aud"] = "other" },
		"another issuer's": func(c map[string]any) { c["iss"] = "https://elsewhere.example" },
		"old":              func(c map[string]any) { c["exp"] = time.Now().Add(-time.Minute).Unix() },
		"of the future":    func(c map[string]any) { c["nbf"] = time.Now().Add(time.Hour).Unix() },
		"nobody's":         func(c map[string]any) { c["sub"] = "" },
	} {
		s := newStage(t)
		s.Lie = lie
		if _, err := s.client.Vouch(t.Context(), journey, s.code(t, journey)); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := newStage(t)
	s.Forge = true
	if _, err := s.client.Vouch(t.Context(), journey, s.code(t, journey)); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("signed by somebody else: %v", err)
	}
}

func TestACodeIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(s *stage, j *access.SignIn, code *string)
		kind   fault.Kind
	}{
		"wrong":            {func(_ *stage, _ *access.SignIn, code *string) { *code = "secret-code" }, fault.Unauthenticated},
		"another verifier": {func(_ *stage, j *access.SignIn, _ *string) { j.Verifier = strings.Repeat("w", 43) }, fault.Unauthenticated},
		"another redirect": {func(_ *stage, j *access.SignIn, _ *string) { j.Redirect = back + "/other" }, fault.Unauthenticated},
		"another secret":   {func(s *stage, _ *access.SignIn, _ *string) { s.ClientSecret += "x" }, fault.Misconfigured},
		"no secret":        {func(s *stage, _ *access.SignIn, _ *string) { s.ClientSecret = "" }, fault.Misconfigured},
		"no nonce":         {func(_ *stage, j *access.SignIn, _ *string) { j.Nonce = "" }, fault.Unauthenticated},
	} {
		s := newStage(t)
		j, code := journey, s.code(t, journey)
		real := s.ClientSecret
		c.change(s, &j, &code)
		sent := s.ClientSecret
		client, _ := oidc.New(oidc.Config{Issuer: s.URL, Client: func(context.Context) (string, string, error) { return s.ClientID, sent, nil }})
		s.ClientSecret = real
		_, err := client.Vouch(t.Context(), j, code)
		if !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), code) || strings.Contains(err.Error(), real)) {
			t.Errorf("%s: the error tells %v", name, err)
		}
	}
	s := newStage(t)
	code := s.code(t, journey)
	if _, err := s.client.Vouch(t.Context(), journey, code); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.Vouch(t.Context(), journey, code); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("used twice: %v", err)
	}
}

func TestAFreshSignInAsksForAProof(t *testing.T) {
	s := newStage(t)
	j := journey
	s.code(t, j)
	if s.Asked().Has("prompt") {
		t.Error(s.Asked())
	}
	j.Fresh = true
	s.code(t, j)
	if q := s.Asked(); q.Get("prompt") != "login" || q.Get("max_age") != "0" {
		t.Error(q)
	}
}

func TestAnIssuerThatIsAwayIsAskedAgain(t *testing.T) {
	up := false
	var issuer *oidctest.Issuer
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !up {
			http.Error(w, "secret trouble", http.StatusInternalServerError)
			return
		}
		issuer.ServeHTTP(w, r)
	}))
	defer server.Close()
	issuer = oidctest.New(server.URL)
	client, err := oidc.New(oidc.Config{Issuer: server.URL, Client: func(context.Context) (string, string, error) { return "ebb", "s", nil }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.AuthorizeURL(t.Context(), journey); !fault.Is(err, fault.Backoff) || strings.Contains(err.Error(), "secret trouble") {
		t.Error(err)
	}
	up = true
	if _, err := client.AuthorizeURL(t.Context(), journey); err != nil {
		t.Error(err)
	}
}

func TestIssuersThatOthersCouldListenTo(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://login.example": true, "https://login.example/realms/x": true, "http://127.0.0.1:9": true, "http://localhost:9": true,
		"http://login.example": false, "": false, "login.example": false, "https://u:p@login.example": false, "https://x/?a": false, "ftp://127.0.0.1": false,
	} {
		_, err := oidc.New(oidc.Config{Issuer: address})
		if (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// Sign in with Slack, against the simulated one.
func TestSlackVouches(t *testing.T) {
	org := slacktest.New(slacktest.Options{Seed: 1, Workspaces: 1, People: 5})
	server := httptest.NewServer(org)
	defer server.Close()
	client, err := oidc.New(oidc.Config{Issuer: server.URL, Client: func(context.Context) (string, string, error) {
		return org.ClientID(), org.ClientSecret(), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	team := org.TeamIDs()[0]
	owner := org.PrimaryOwner(team)
	address, err := client.AuthorizeURL(t.Context(), journey)
	if err != nil {
		t.Fatal(err)
	}
	code := consent(t, address, owner, "&_approve=1&_team="+team)
	got, err := client.Vouch(t.Context(), journey, code)
	if err != nil || got.Account != owner || got.Team != team || got.Subject != owner || got.Enterprise != "" {
		t.Fatalf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct{ code, redirect string }{
		"used": {code, back}, "wrong": {"no", back}, "another redirect": {consent(t, address, owner, "&_approve=1&_team="+team), back + "/x"},
	} {
		j := journey
		j.Redirect = c.redirect
		if _, err := client.Vouch(t.Context(), j, c.code); !fault.Is(err, fault.Unauthenticated, fault.Misconfigured) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
