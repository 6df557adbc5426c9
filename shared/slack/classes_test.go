package slack_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/slack"
)

// The classes of Slack's codes as a reader and a writer meet them, each through
// the answer that Slack gives: HTTP 200 and "ok":false.
func TestClasses(t *testing.T) {
	const same = fault.Kind("")
	for _, c := range []struct {
		codes string
		read  fault.Kind
		write fault.Kind
	}{
		{"ratelimited rate_limited", fault.Wait, same},
		{"service_unavailable request_timeout internal_error fatal_error", fault.Backoff, fault.Unclear},
		{"team_added_to_org org_login_required external_channel_migrating", fault.Pause, same},
		{"invalid_auth not_authed token_revoked token_expired account_inactive two_factor_setup_required", fault.Reauthorize, same},
		{
			"missing_scope not_allowed_token_type no_permission access_denied accesslimited ekm_access_denied enterprise_is_restricted " +
				"team_access_not_granted feature_not_enabled not_an_admin invalid_actor restricted_action permission_denied " +
				"plan_upgrade_required paid_teams_only paid_only not_an_enterprise", fault.Misconfigured, same,
		},
		{
			"invalid_arguments invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type missing_post_type " +
				"missing_argument unknown_method deprecated_endpoint method_deprecated", fault.Internal, fault.Permanent,
		},
		{"invalid_cursor", fault.Invalid, same},
		{"a_code_of_tomorrow", fault.Permanent, same},
	} {
		if c.write == same {
			c.write = c.read
		}
		for _, code := range strings.Fields(c.codes) {
			f := newFake(t).says("usergroups.list", refused(code)).says("usergroups.users.update", refused(code))
			_, err := f.client().Groups(ctx(t), link)
			want := code
			if c.read == fault.Wait {
				want = "ratelimited"
			}
			wantKind(t, err, c.read, want)
			err = replaced(f.client().Replace(ctx(t), link, "S1", []string{"U1"}))
			wantKind(t, err, c.write, want)
			if fault.TextOf(err) == "" {
				t.Errorf("%s says nothing to a person", code)
			}
		}
	}
}

func TestCodesOfOneMethod(t *testing.T) {
	writes := map[string]func(*slack.Client) error{
		"usergroups.users.update": func(c *slack.Client) error { return replaced(c.Replace(t.Context(), link, "S1", []string{"U1"})) },
		"usergroups.disable":      func(c *slack.Client) error { return c.Disable(t.Context(), link, "S1") },
		"conversations.kick":      func(c *slack.Client) error { return c.Kick(t.Context(), link, "C1", "U1") },
		"conversations.invite": func(c *slack.Client) error {
			_, err := c.Invite(t.Context(), link, "C1", []string{"U1", "U2"})
			return err
		},
		"admin.users.setAdmin":   func(c *slack.Client) error { return c.SetAdmin(t.Context(), link, "U1") },
		"admin.users.setRegular": func(c *slack.Client) error { return c.SetRegular(t.Context(), link, "U1") },
		"admin.users.remove":     func(c *slack.Client) error { return c.Expel(t.Context(), link, "U1") },
	}
	for _, c := range []struct {
		method, codes string
		kind          fault.Kind
	}{
		{"usergroups.users.update", "invalid_users failed_for_some_users no_users_provided subteam_max_users_exceeded invalid_user single_channel_guests_cannot_be_added no_such_subteam", fault.Permanent},
		{"usergroups.users.update", "permission_denied plan_upgrade_required", fault.Misconfigured},
		{"usergroups.disable", "permission_denied target_team_not_on_org", fault.Misconfigured},
		{"usergroups.disable", "no_such_subteam", fault.Permanent},
		{"conversations.kick", "cant_kick_from_general not_supported user_not_found method_not_supported_for_channel_type", fault.Permanent},
		{"conversations.kick", "restricted_action channel_not_found cant_kick_self missing_scope", fault.Misconfigured},
		{"admin.users.setAdmin", "cannot_modify_primary_owner invalid_role_for_user user_not_found", fault.Permanent},
		{"admin.users.setAdmin", "not_an_admin invalid_permissions feature_not_enabled team_not_found missing_scope", fault.Misconfigured},
		{"admin.users.setAdmin", "failed_to_set_user_to_admin failed_to_set_admin_on_workspaces", fault.Unclear},
		{"admin.users.setRegular", "cannot_set_org_admin_to_regular_at_workspace_level cannot_set_this_guest_to_regular_at_team_level invalid_role_for_user", fault.Permanent},
		{"admin.users.setRegular", "failed_to_set_user_to_regular", fault.Unclear},
		{"admin.users.remove", "cannot_modify_primary_owner user_not_found", fault.Permanent},
		{"admin.users.remove", "invalid_permissions feature_not_enabled", fault.Misconfigured},
		{"admin.users.remove", "failed_to_remove_user_from_workspace", fault.Unclear},
		{"admin.users.remove", "user_already_deleted", fault.Already},
		{"conversations.invite", "is_archived", fault.Permanent},
		{"conversations.invite", "not_in_channel channel_not_found", fault.Misconfigured},
		{"conversations.invite", "external_channel_migrating", fault.Pause},
		{"conversations.invite", "cant_invite user_is_restricted already_in_channel", fault.Unclear}, // of two accounts, without a name
	} {
		for _, code := range strings.Fields(c.codes) {
			err := writes[c.method](newFake(t).says(c.method, refused(code)).client())
			wantKind(t, err, c.kind, code)
			if fault.TextOf(err) == "" && c.kind != fault.Already && c.kind != fault.Unclear {
				t.Errorf("%s of %s says nothing to a person", code, c.method)
			}
		}
	}
}

func TestNotFound(t *testing.T) {
	for _, code := range []string{"user_not_found", "user_not_visible"} {
		_, err := newFake(t).says("users.info", refused(code)).client().Account(ctx(t), link, "U1")
		wantKind(t, err, fault.NotFound, code)
	}
	_, err := newFake(t).says("conversations.members", refused("channel_not_found")).client().ChannelMembers(ctx(t), link, "C1", "")
	wantKind(t, err, fault.NotFound, "channel_not_found")
}

func TestMissingScopeSaysWhatToDo(t *testing.T) {
	f := newFake(t).says("usergroups.users.update", `{"ok":false,"error":"missing_scope","needed":"usergroups:write","provided":"users:read,usergroups:read, xoxp-not-a-scope"}`)
	err := replaced(f.client().Replace(ctx(t), link, "S1", []string{"U1"}))
	const want = "the connector's token lacks the scope usergroups:write (it has users:read, usergroups:read): install again (ebb connect --connector CON, or paste a new token with it) and allow it"
	if fault.TextOf(err) != want {
		t.Errorf("got  %q\nwant %q", fault.TextOf(err), want)
	}
}

func TestRateLimit(t *testing.T) {
	for name, c := range map[string]struct {
		header string
		want   time.Duration
	}{
		"seconds":   {"17", 17 * time.Second},
		"none":      {"", 30 * time.Second},
		"nonsense":  {"soon", 30 * time.Second},
		"date":      {clock.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second},
		"now":       {"0", time.Second},
		"date past": {clock.Add(-time.Hour).Format(http.TimeFormat), 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t).does("users.list", status(http.StatusTooManyRequests, refused("ratelimited"), "Retry-After", c.header))
			_, err := f.client().Accounts(ctx(t), link, "")
			wantKind(t, err, fault.Wait, "ratelimited")
			if got := fault.UntilOf(err); !got.Equal(clock.Add(c.want)) {
				t.Errorf("until %v, want %v", got, clock.Add(c.want))
			}
			var e *fault.Error
			if !errors.As(err, &e) || e.Op != "users.list" {
				t.Errorf("the error does not name the method: %v", err)
			}
			var limited *slackgo.RateLimitedError
			if !errors.As(err, &limited) {
				t.Error("slack-go's own error is not in the chain")
			}
			if len(f.calls) != 1 {
				t.Errorf("%d calls, want 1: the client never repeats", len(f.calls))
			}
		})
	}
}
