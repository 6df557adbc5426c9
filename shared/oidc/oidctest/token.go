package oidctest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// codeLife is how long a code waits.
const codeLife = time.Minute

func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if unquoted(id) != i.ClientID || unquoted(secret) != i.ClientSecret {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	g := i.codes[r.FormValue("code")]
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if g == nil || g.used || i.Now().Sub(g.issued) > codeLife || r.FormValue("grant_type") != "authorization_code" ||
		g.redirect != r.FormValue("redirect_uri") || b64(sum[:]) != g.challenge {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": "the code " + r.FormValue("code") + " is not good"})
		return
	}
	g.used = true
	access := rand.Text()
	i.tokens[access] = g.who
	answer(w, http.StatusOK, map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": i.idToken(g),
	})
}

func unquoted(s string) string {
	out, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return out
}

func (i *Issuer) idToken(g *grant) string {
	now := i.Now()
	claims := map[string]any{
		"iss": i.URL, "aud": i.ClientID, "sub": g.who.Subject, "nonce": g.nonce,
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	if !i.Thin {
		claims["email"], claims["email_verified"] = g.who.Email, g.who.Verified
	}
	if !g.who.AuthTime.IsZero() {
		claims["auth_time"] = g.who.AuthTime.Unix()
	}
	if i.Lie != nil {
		i.Lie(claims)
	}
	key := i.key
	if i.Forge {
		key = newKey()
	}
	return sign(key, claims)
}

func sign(key *rsa.PrivateKey, claims any) string {
	header, _ := json.Marshal(map[string]string{"typ": "JWT", "alg": "RS256", "kid": "oidctest"})
	payload, _ := json.Marshal(claims)
	text := b64(header) + "." + b64(payload)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic("oidctest: " + err.Error())
	}
	return text + "." + b64(signature)
}

func (i *Issuer) userInfo(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	p, ok := i.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	i.mu.Unlock()
	if !ok {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_token"})
		return
	}
	answer(w, http.StatusOK, map[string]any{"sub": p.Subject, "name": p.Name, "email": p.Email, "email_verified": p.Verified})
}
