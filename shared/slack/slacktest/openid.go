package slacktest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// oidcKey signs id tokens. It is made on first use and, alone in the simulation,
// not from the seed: key generation is random by design.
type oidcKey struct {
	once sync.Once
	key  *rsa.PrivateKey
}

const oidcKeyID = "slacktest"

func (k *oidcKey) get() *rsa.PrivateKey {
	k.once.Do(func() {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic("slacktest: " + err.Error())
		}
		k.key = key
	})
	return k.key
}

func (o *Org) routeOpenID() {
	o.mux.HandleFunc("GET /openid/connect/authorize", func(w http.ResponseWriter, r *http.Request) { o.serveConsent(w, r, true) })
	o.mux.HandleFunc("GET /openid/connect/keys", o.serveKeys)
	o.mux.HandleFunc("GET /.well-known/openid-configuration", o.serveDiscovery)
}

func (o *Org) serveKeys(w http.ResponseWriter, _ *http.Request) {
	public := o.oidc.get().PublicKey
	writeJSON(w, map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": oidcKeyID,
		"n": b64(public.N.Bytes()), "e": b64(big.NewInt(int64(public.E)).Bytes()),
	}}})
}

// serveDiscovery: the issuer is the address that was called, as slack.com is
// Slack's own.
func (o *Org) serveDiscovery(w http.ResponseWriter, r *http.Request) {
	base := baseURL(r)
	writeJSON(w, map[string]any{
		"issuer":                                base,
		"authorization_endpoint":                base + "/openid/connect/authorize",
		"token_endpoint":                        base + "/api/openid.connect.token",
		"userinfo_endpoint":                     base + "/api/openid.connect.userInfo",
		"jwks_uri":                              base + "/openid/connect/keys",
		"scopes_supported":                      []string{"openid", "profile", "email"},
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"form_post"},
		"grant_types_supported":                 []string{"authorization_code"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic"},
		"claims_supported":                      []string{"sub", "auth_time", "iss"},
	})
}

// openid.connect.token exchanges the code of a sign-in for an id token.
func (r *request) openidToken() (reply, error) {
	if err := r.clientKnown(); err != nil {
		return nil, err
	}
	if g := r.str("grant_type"); g != "" && g != "authorization_code" {
		return nil, refuse("invalid_grant_type")
	}
	code, err := r.redeem(true)
	if err != nil {
		return nil, err
	}
	access := r.org.mintToken(token{user: code.user, scopes: code.scopes}, code.where)
	return reply{"access_token": access, "token_type": "Bearer", "id_token": r.idToken(code, access)}, nil
}

func (r *request) idToken(code *oauthCode, access string) string {
	u := r.org.users[code.user]
	hash := sha256.Sum256([]byte(access))
	claims := r.org.claims(u, code.where, code.scopes)
	claims["iss"], claims["aud"], claims["azp"] = r.base, r.org.app.clientID, r.org.app.clientID
	claims["iat"], claims["exp"], claims["auth_time"] = r.at.Unix(), r.at.Unix()+300, r.at.Unix()
	claims["at_hash"] = b64(hash[:16])
	if code.nonce != "" {
		claims["nonce"] = code.nonce
	}
	return signJWT(r.org.oidc.get(), claims)
}

// openid.connect.userInfo tells who signed in, as far as the scopes go.
func (r *request) openidUserInfo() (reply, error) {
	return r.org.claims(r.user, r.tok.where, r.tok.scopes), nil
}

func (o *Org) claims(u *User, where string, scopes []string) reply {
	out := reply{"sub": u.ID, "https://slack.com/user_id": u.ID, "https://slack.com/team_id": where}
	if e := o.enterprise; e != nil {
		out["https://slack.com/enterprise_id"] = e.id
	}
	if slices.Contains(scopes, "email") {
		out["email"], out["email_verified"], out["date_email_verified"] = u.Email, !u.Invited, u.Created
	}
	if slices.Contains(scopes, "profile") {
		first, last, _ := strings.Cut(u.RealName, " ")
		out["name"], out["given_name"], out["family_name"], out["locale"] = u.RealName, first, last, "en-US"
		out["picture"] = profileOf(u, where).Image512
		if t := o.team(where); t != nil {
			out["https://slack.com/team_name"], out["https://slack.com/team_domain"] = t.name, t.domain
		}
	}
	return out
}

func signJWT(key *rsa.PrivateKey, claims any) string {
	header, _ := json.Marshal(map[string]string{"typ": "JWT", "alg": "RS256", "kid": oidcKeyID})
	payload, _ := json.Marshal(claims)
	signed := b64(header) + "." + b64(payload)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic("slacktest: " + err.Error())
	}
	return signed + "." + b64(signature)
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v)
}
