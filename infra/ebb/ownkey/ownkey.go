// Package ownkey makes an API key as its person does: it signs in to a running
// house with a simulated Slack, whose page of consent lets anybody be anybody,
// and sends the form of the console's page. The demo and the tests of running
// houses need such keys, and a house gives a person's key to nobody else, not even
// to its administrator. At a real Slack this gets nowhere.
package ownkey

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

var shown = regexp.MustCompile(`ebbkey_[A-Za-z0-9_-]+`)

// Make gives a new key of an account's person in the house at an address.
func Make(ctx context.Context, house, team, account, name string) (string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	browser := &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/openid/connect/authorize" {
			q := r.URL.Query()
			q.Set("_as", account)
			q.Set("_team", team)
			q.Set("_approve", "1")
			r.URL.RawQuery = q.Encode()
		}
		return nil
	}}
	if _, err := send(ctx, browser, http.MethodGet, house+"/signin/slack?to=/keys", nil, "Sign out"); err != nil {
		return "", err
	}
	page, err := send(ctx, browser, http.MethodPost, house+"/keys", url.Values{"name": {name}}, "ebbkey_")
	return shown.FindString(page), err
}

// send gives the page that answers, which has to say something. The page is in no
// error: it may show a key.
func send(ctx context.Context, c *http.Client, method, address string, form url.Values, says string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || !strings.Contains(string(page), says)) {
		err = fmt.Errorf("%s %s: %s without %q", method, req.URL.Path, resp.Status, says)
	}
	return string(page), err
}
