package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
)

// claims are those of an id token that somebody here reads.
type claims struct {
	Email    string `json:"email"`
	Verified truth  `json:"email_verified"`
	AuthTime int64  `json:"auth_time"`

	Account    string `json:"https://slack.com/user_id"`
	Team       string `json:"https://slack.com/team_id"`
	Enterprise string `json:"https://slack.com/enterprise_id"`
}

// truth is a boolean that some issuers write as a word. What is neither is false.
type truth bool

// UnmarshalJSON takes true and "true".
func (t *truth) UnmarshalJSON(b []byte) error {
	*t = string(b) == "true" || string(b) == `"true"`
	return nil
}

// Vouch exchanges the code of a journey and gives what the issuer vouches for.
// fault.Unauthenticated for a code that is wrong, used or old and for an id
// token that is not genuine or not of this journey; fault.Backoff when the issuer
// cannot be asked. A code works once, so a repeated call is refused.
func (i *Issuer) Vouch(ctx context.Context, s access.SignIn, code string) (access.Vouched, error) {
	d, c, err := i.config(ctx, s.Redirect)
	if err != nil {
		return access.Vouched{}, err
	}
	ctx = oidc.ClientContext(ctx, i.c.HTTP)
	var with []oauth2.AuthCodeOption
	if d.pkce {
		with = append(with, oauth2.VerifierOption(s.Verifier))
	}
	token, err := c.Exchange(ctx, code, with...)
	if err != nil {
		return access.Vouched{}, i.refused(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := d.provider.VerifierContext(ctx, &oidc.Config{ClientID: c.ClientID, Now: i.c.Now}).Verify(ctx, raw)
	if err != nil || s.Nonce == "" || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(s.Nonce)) != 1 {
		return access.Vouched{}, i.not("oidc.verify", "what it said of you is not genuine, or not of this sign-in")
	}
	if id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil {
		return access.Vouched{}, i.not("oidc.verify", "what it said of you is not genuine, or not of this sign-in")
	}
	var said claims
	if err := id.Claims(&said); err != nil || id.Subject == "" {
		return access.Vouched{}, i.not("oidc.verify", "what it said of you cannot be read")
	}
	if said.Email == "" {
		i.lookUp(ctx, d, token, id.Subject, &said)
	}
	out := access.Vouched{
		Issuer: id.Issuer, Subject: id.Subject, Enterprise: said.Enterprise, Team: said.Team, Account: said.Account,
	}
	if said.Verified {
		out.Email = said.Email
	}
	if said.AuthTime > 0 {
		out.Authenticated = time.Unix(said.AuthTime, 0).UTC()
	}
	return out, nil
}

// lookUp asks for the e-mail where the id token has none, as thin tokens do.
// What it gives is of the same person, or nothing; that it fails is no refusal.
func (i *Issuer) lookUp(ctx context.Context, d *described, token *oauth2.Token, subject string, into *claims) {
	if d.provider.UserInfoEndpoint() == "" {
		return
	}
	info, err := d.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != subject {
		return
	}
	var said claims
	if info.Claims(&said) == nil {
		into.Email, into.Verified = said.Email, said.Verified
	}
}

// refused sorts what became of an exchange. The library's errors hold whole
// answers, so none of them goes on.
func (i *Issuer) refused(err error) error {
	var r *oauth2.RetrieveError
	if !errors.As(err, &r) || r.Response != nil && r.Response.StatusCode >= 500 {
		return i.away("exchange")
	}
	out := fault.New("oidc.exchange", fault.Unauthenticated, "%s did not take its own answer any more; sign in again", i.host())
	switch r.ErrorCode {
	case "invalid_client", "unauthorized_client", "invalid_client_id", "bad_client_secret", "bad_redirect_uri", "redirect_uri_mismatch":
		out = fault.New("oidc.exchange", fault.Misconfigured, "%s does not know this house; an operator of the house checks the client id, the client secret and the redirect address", i.host())
	}
	if word(r.ErrorCode) {
		out.Code = r.ErrorCode
	}
	return out
}

// word reports whether a code has the shape of one, and no text of somebody's.
func word(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

func (i *Issuer) not(op, why string) error {
	return fault.New(op, fault.Unauthenticated, "%s answered, but %s; sign in again", i.host(), why)
}
