package slacktest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/slack-go/slack"

	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// slackGo is an app that others' code reads: what was pressed and submitted, as
// slack-go understands it.
type slackGo struct {
	t       *testing.T
	client  *slack.Client
	command slack.SlashCommand
	heard   []slack.InteractionCallback
}

func (a *slackGo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/commands" {
		var err error
		if a.command, err = slack.SlashCommandParse(r); err != nil {
			a.t.Error(err)
		}
		if _, err := a.client.OpenViewContext(r.Context(), a.command.TriggerID, reasonModal()); err != nil {
			a.t.Error(err)
		}
		return
	}
	c, err := slack.InteractionCallbackParse(r)
	if err != nil {
		a.t.Error(err)
	}
	a.heard = append(a.heard, c)
}

func reasonModal() slack.ModalViewRequest {
	plain := func(s string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
	}
	why := slack.NewInputBlock("why", plain("Why"), nil, slack.NewPlainTextInputBlockElement(nil, "text"))
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain("Ask"), Submit: plain("Send"), CallbackID: "ask", Blocks: slack.Blocks{BlockSet: []slack.Block{why}},
	}
}

// A library that others wrote builds what is shown and reads what people do.
func TestSlackGoReadsWhatPeopleDo(t *testing.T) {
	org := slacktest.NewEmpty(slacktest.Options{Workspaces: 2})
	ada := org.AddUser(slacktest.User{Name: "ada", RealName: "Ada Moreau"})
	server := httptest.NewServer(org)
	defer server.Close()
	app := &slackGo{t: t, client: slack.New(org.BotToken(), slack.OptionAPIURL(server.URL+"/api/"))}
	house := httptest.NewServer(app)
	defer house.Close()
	org.SetAppURLs(slacktest.AppURLs{Commands: house.URL + "/commands", Interaction: house.URL + "/interaction", Self: server.URL}, nil)
	ctx := context.Background()

	_, err := org.HandCommand(ctx, ada, "", "/ebb", "request")
	if err != nil || app.command.UserID != ada || app.command.Text != "request" || app.command.EnterpriseID != org.EnterpriseID() || len(org.Modals(ada)) != 1 {
		t.Fatalf("%v %+v", err, app.command)
	}
	if _, err := org.HandChoose(ctx, ada, slacktest.Spot{View: org.Modals(ada)[0].ID, Block: "why", Action: "text"}, "a page"); err != nil {
		t.Fatal(err)
	}
	if _, err := org.HandSubmit(ctx, ada); err != nil || len(app.heard) != 1 {
		t.Fatal(err)
	}
	sent := app.heard[0]
	if sent.Type != slack.InteractionTypeViewSubmission || sent.View.CallbackID != "ask" || sent.View.State.Values["why"]["text"].Value != "a page" || sent.User.ID != ada {
		t.Errorf("%+v", sent)
	}
	button := slack.NewButtonBlockElement("approve", "r1", slack.NewTextBlockObject(slack.PlainTextType, "Approve", false, false))
	channel, ts, err := app.client.PostMessageContext(ctx, ada, slack.MsgOptionText("asked", false), slack.MsgOptionBlocks(slack.NewActionBlock("b", button)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := org.HandPress(ctx, ada, slacktest.Spot{Channel: channel, TS: ts, Block: "b", Action: "approve"}); err != nil {
		t.Fatal(err)
	}
	pressed := app.heard[1]
	if len(pressed.ActionCallback.BlockActions) != 1 || pressed.ActionCallback.BlockActions[0].Value != "r1" || pressed.Message.Timestamp != ts || pressed.Channel.ID != channel {
		t.Errorf("%+v", pressed)
	}
	if link, err := app.client.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: channel, Ts: ts}); err != nil || link == "" {
		t.Error(link, err)
	}
}
