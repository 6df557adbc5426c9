package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/config/names"
)

// reader is somebody's browser, as far as pages without a script need one.
type reader struct {
	*http.Client
	base string
}

func (s *story) reader() (*reader, error) {
	jar, err := cookiejar.New(nil)
	return &reader{Client: &http.Client{Jar: jar, Timeout: time.Minute}, base: s.url}, err
}

// page reads one, which has to be there and say something.
func (r *reader) page(ctx context.Context, path, says string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path, nil)
	if err != nil {
		return "", err
	}
	return r.read(req, says)
}

// form sends one, as a browser does from the house's own page.
func (r *reader) form(ctx context.Context, path string, fields url.Values, says string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.base+path, strings.NewReader(fields.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return r.read(req, says)
}

func (r *reader) read(req *http.Request, says string) (string, error) {
	resp, err := r.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || !strings.Contains(string(raw), says)) {
		err = fmt.Errorf("%s %s: %s without %q: %s", req.Method, req.URL.Path, resp.Status, says, raw)
	}
	return string(raw), err
}

// pages: the operator's link makes the first session; Lin signs in with Slack and
// approves on the page what Ada asked for there; it is given and ends.
func (s *story) pages(ctx context.Context) error {
	s.say("The console: the first link, Sign in with Slack, an approval on a page")
	admin, err := s.reader()
	if err != nil {
		return err
	}
	link, err := s.signInLink(ctx)
	if err != nil {
		return err
	}
	if _, err = admin.page(ctx, strings.TrimPrefix(link, s.url), "Sign in as Administrator"); err != nil {
		return err
	}
	_, word, _ := strings.Cut(link, "word=")
	if _, err = admin.form(ctx, "/signin/first", url.Values{"word": {word}}, ">Administrator<"); err != nil {
		return err
	}
	if _, err = admin.page(ctx, "/integrations/"+s.conn, "Umbra"); err != nil {
		return err
	}
	s.tell("ebb signin link   -> the administrator's session; the link is used up, and the integration's page is there")
	ada, err := s.signedIn(ctx, s.ada)
	if err != nil {
		return err
	}
	lin, err := s.signedIn(ctx, s.lin)
	if err != nil {
		return err
	}
	s.tell("Ada and Lin signed in with Slack")
	page, err := ada.form(ctx, "/ask", url.Values{
		"key": {"e2e-console-1"}, "connector": {s.conn}, "r": {s.oncall}, "length": {length.String()}, "reason": {"by the pages"},
	}, "asks for @oncall")
	if err != nil {
		return err
	}
	request := "/requests/" + cut(page, `action="/requests/`, "/cancel")
	if _, err = lin.form(ctx, request+"/approve", url.Values{"comment": {"go ahead"}}, "Approved by"); err != nil {
		return err
	}
	s.tell("approved on the page")
	if err := until(ctx, 10*time.Second, func() (bool, error) {
		members, err := s.owner.members(ctx, s.oncall)
		return strings.Contains(strings.Join(members, " "), s.ada), err
	}); err != nil {
		return fmt.Errorf("ada is not in: %w", err)
	}
	if err := until(ctx, length+10*time.Second, func() (bool, error) {
		members, err := s.owner.members(ctx, s.oncall)
		return !strings.Contains(strings.Join(members, " "), s.ada), err
	}); err != nil {
		return fmt.Errorf("ada is still in: %w", err)
	}
	s.tell("in, and out at the end, by plain reads of Slack")
	return s.administered(ctx, admin, lin)
}

// administered: a duty that is given on a page ends its person's session.
func (s *story) administered(ctx context.Context, admin, lin *reader) error {
	home, err := lin.page(ctx, "/", `class="name"`)
	if err != nil {
		return err
	}
	id := cut(home, `class="name" href="/users/`, `"`)
	if _, err := admin.form(ctx, "/users/"+id+"/duties", url.Values{"duty": {"auditor", "user"}}, "auditor, user"); err != nil {
		return err
	}
	if _, err := lin.page(ctx, "/", "Sign in with Slack"); err != nil {
		return fmt.Errorf("the session survived a change of duties: %w", err)
	}
	if _, err := admin.form(ctx, "/users/"+id+"/duties", url.Values{"duty": {"user"}}, ">user<"); err != nil {
		return err
	}
	_, err = admin.form(ctx, "/signout", nil, "Sign in with Slack")
	return err
}

// signInLink runs the operator's command.
func (s *story) signInLink(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "../../.build/ebb", "signin", "link", "--table", s.table, "--url", s.url)
	cmd.Env = append(os.Environ(), names.EnvDynamoDB+"="+s.engines.server.url, "AWS_REGION="+region,
		"AWS_ACCESS_KEY_ID=operator", "AWS_SECRET_ACCESS_KEY=test")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("ebb signin link: %w: %s", err, out)
	}
	link, _, _ := strings.Cut(string(out), "\n")
	return link, nil
}

// signedIn goes through Slack's page of consent as somebody.
func (s *story) signedIn(ctx context.Context, account string) (*reader, error) {
	r, err := s.reader()
	if err != nil {
		return nil, err
	}
	r.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.URL.Path == "/openid/connect/authorize" {
			q := req.URL.Query()
			q.Set("_as", account)
			q.Set("_team", s.owner.team)
			q.Set("_approve", "1")
			req.URL.RawQuery = q.Encode()
		}
		return nil
	}
	_, err = r.page(ctx, "/signin/slack", "Sign out")
	return r, err
}

// cut is what stands between two marks.
func cut(text, from, to string) string {
	_, rest, _ := strings.Cut(text, from)
	out, _, _ := strings.Cut(rest, to)
	return out
}
