package slacktest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/slack-go/slack"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// A client that others wrote must understand every answer.
func TestSlackGoReadsAnOrganization(t *testing.T) {
	org := slacktest.New(slacktest.Options{Seed: 3, Workspaces: 2, People: 300, Groups: 20, Channels: 60})
	server := httptest.NewServer(org)
	defer server.Close()
	ctx, team := context.Background(), org.TeamIDs()[0]
	client := slack.New(org.UserToken(), slack.OptionAPIURL(server.URL+"/api/"))

	auth, err := client.AuthTestContext(ctx)
	if err != nil || auth.EnterpriseID != org.EnterpriseID() {
		t.Fatal(auth, err)
	}
	users, err := client.GetUsersContext(ctx, slack.GetUsersOptionLimit(50), slack.GetUsersOptionTeamID(team))
	if err != nil || len(users) < 100 || users[0].Enterprise.EnterpriseID == "" && users[1].Enterprise.EnterpriseID == "" {
		t.Fatal(len(users), err)
	}
	groups, err := client.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true), slack.GetUserGroupsOptionIncludeCount(true),
		slack.GetUserGroupsOptionIncludeDisabled(true), slack.GetUserGroupsOptionTeamID(team))
	if err != nil || len(groups) != 10 || groups[0].UserCount != len(groups[0].Users) {
		t.Fatal(len(groups), err)
	}
	channels, next, err := client.GetConversationsContext(ctx, &slack.GetConversationsParameters{TeamID: team, Limit: 10})
	if err != nil || len(channels) != 10 || next == "" {
		t.Fatal(len(channels), next, err)
	}
	_, err = client.InviteUsersToConversationContext(ctx, channels[0].ID, "U0NOBODY")
	if err == nil {
		t.Fatal("an invitation of nobody succeeded")
	}
}

func TestSlackGoInstallsTheApp(t *testing.T) {
	org := slacktest.NewEmpty(slacktest.Options{})
	server := httptest.NewServer(org)
	defer server.Close()
	team := org.TeamIDs()[0]
	q := url.Values{
		"client_id": {org.ClientID()}, "scope": {"users:read"}, "user_scope": {"usergroups:write"},
		"redirect_uri": {"https://ebb.example/callback"}, "_as": {org.PrimaryOwner(team)}, "_team": {team}, "_approve": {"1"},
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(server.URL + "/oauth/v2/authorize?" + q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	back, _ := res.Location()
	got, err := slack.GetOAuthV2ResponseContext(context.Background(), http.DefaultClient, org.ClientID(), org.ClientSecret(),
		back.Query().Get("code"), "https://ebb.example/callback", slack.OAuthOptionAPIURL(server.URL+"/api/"))
	if err != nil {
		t.Fatal(err)
	}
	if got.AccessToken == "" || got.Team.ID != team || got.AuthedUser.AccessToken == "" || got.BotUserID != org.BotUser(team) {
		t.Errorf("%+v", got)
	}
}
