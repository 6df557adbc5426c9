package local

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The house on a laptop prints a link that signs its administrator in; anybody of
// the simulated company signs in with Slack, by choosing who they are.
func TestSigningInToAHouseOnALaptop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out, ended := &lines{}, make(chan error, 1)
	go func() { ended <- command(filepath.Join(t.TempDir(), "house")).serve(ctx, out) }()
	defer func() { cancel(); must(t, <-ended) }()
	for begun := time.Now(); !strings.Contains(out.String(), "ready\n"); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("not ready:\n%s", out)
		}
	}
	link := words(out.String(), "sign in ")
	house := link[:strings.Index(link, "/signin")]

	admin := newBrowser()
	if page := admin.get(t, link); !strings.Contains(page, "Sign in as Administrator") {
		t.Fatal(page)
	}
	u, _ := url.Parse(link)
	resp, err := admin.PostForm(house+"/signin/first", url.Values{"word": {u.Query().Get("word")}})
	must(t, err)
	if page := text(t, resp); !strings.Contains(page, ">Administrator<") {
		t.Fatal(page)
	}

	ada := newBrowser()
	consent := ada.get(t, house+"/signin/slack?to=/tasks")
	at := strings.Index(consent, "Ada Moreau")
	if at < 0 {
		t.Fatal("ada is not offered on Slack's page")
	}
	form := consent[strings.LastIndex(consent[:at], "<form"):at]
	q := url.Values{"_approve": {"1"}}
	for _, part := range strings.Split(form, `name="`)[1:] {
		name, rest, _ := strings.Cut(part, `" value="`)
		value, _, _ := strings.Cut(rest, `"`)
		q.Set(name, value)
	}
	page := ada.get(t, words(out.String(), "slack ")[:strings.Index(words(out.String(), "slack "), "/api/")]+"/openid/connect/authorize?"+q.Encode())
	if !strings.Contains(page, ">Ada Moreau<") || !strings.Contains(page, "Tasks") {
		t.Error(page)
	}
}

type browser struct{ *http.Client }

func newBrowser() browser {
	jar, _ := cookiejar.New(nil)
	return browser{&http.Client{Jar: jar, Timeout: 10 * time.Second}}
}

func (b browser) get(t *testing.T, address string) string {
	t.Helper()
	resp, err := b.Get(address)
	must(t, err)
	return text(t, resp)
}

func text(t *testing.T, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(t, err)
	return string(raw)
}

// words is the first word behind a mark in what a house prints.
func words(out, mark string) string {
	for line := range strings.SplitSeq(out, "\n") {
		if rest, ok := strings.CutPrefix(line, mark); ok {
			return strings.Fields(rest)[0]
		}
	}
	return ""
}
