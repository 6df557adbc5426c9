package slacktest

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func readAll(res *http.Response) string {
	raw, _ := io.ReadAll(res.Body)
	return string(raw)
}

func TestSignInWithSlack(t *testing.T) {
	s := newStage(t, Options{})
	team, ada := s.org.TeamIDs()[0], s.member("ada")
	ask := url.Values{"scope": {"openid email profile"}, "response_type": {"code"}, "nonce": {"n1"}}
	res, back := s.consentAs(ada, team, "1", ask)
	if res.StatusCode != http.StatusFound {
		t.Fatal(res.Status)
	}
	if body := s.exchange(back.Get("code")); body["error"] != "invalid_code" {
		t.Error("a sign-in code installed the app:", body)
	}
	body := s.call("openid.connect.token", "client_id", s.org.ClientID(), "client_secret", s.org.ClientSecret(), "code", back.Get("code"), "redirect_uri", callback)
	if body["ok"] != true || body["token_type"] != "Bearer" {
		t.Fatal(body)
	}
	claims := s.verified(body["id_token"].(string))
	for name, want := range map[string]any{
		"iss": s.http.URL, "aud": s.org.ClientID(), "sub": ada, "nonce": "n1", "email": "ada@umbra.example", "email_verified": true,
		"https://slack.com/team_id": team, "https://slack.com/user_id": ada,
	} {
		if claims[name] != want {
			t.Errorf("%s: %v, not %v", name, claims[name], want)
		}
	}
	s.tok, _ = body["access_token"].(string)
	if info := s.ok("openid.connect.userInfo"); info["sub"] != ada || info["https://slack.com/team_id"] != team || info["name"] != "ada" {
		t.Error(info)
	}
	s.refused("missing_scope", "users.list")
}

func TestSignInDoesNotMixWithOtherScopes(t *testing.T) {
	s := newStage(t, Options{})
	team := s.org.TeamIDs()[0]
	owner := s.org.PrimaryOwner(team)
	if res, _ := s.consentAs(owner, team, "1", url.Values{"user_scope": {"openid,users:read"}}); res.StatusCode != http.StatusBadRequest {
		t.Error(res.Status)
	}
	if res, _ := s.consentAs(owner, team, "1", url.Values{"scope": {"email"}, "response_type": {"code"}}); res.StatusCode != http.StatusBadRequest {
		t.Error(res.Status)
	}
}

// verified checks an id token with the key that discovery leads to.
func (s *stage) verified(token string) map[string]any {
	s.t.Helper()
	var discovery struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	s.getJSON(s.http.URL+"/.well-known/openid-configuration", &discovery)
	var keys struct {
		Keys []struct{ Kid, N, E, Alg string } `json:"keys"`
	}
	s.getJSON(discovery.Keys, &keys)
	parts := strings.Split(token, ".")
	raw := func(part string) []byte { b, _ := base64.RawURLEncoding.DecodeString(part); return b }
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(raw(keys.Keys[0].N)), E: int(new(big.Int).SetBytes(raw(keys.Keys[0].E)).Int64())}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], raw(parts[2])); err != nil {
		s.t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(raw(parts[1]), &claims); err != nil {
		s.t.Fatal(err)
	}
	return claims
}

func (s *stage) getJSON(address string, into any) {
	s.t.Helper()
	body, _ := get(s.t, address)
	if err := json.Unmarshal([]byte(body), into); err != nil {
		s.t.Fatal(err)
	}
}
