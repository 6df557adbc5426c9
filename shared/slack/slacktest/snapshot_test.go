package slacktest

import (
	"bytes"
	"reflect"
	"slices"
	"testing"
)

func TestSaveAndLoad(t *testing.T) {
	for _, o := range []Options{{Seed: 3, People: 60, Groups: 6, Channels: 12}, {Seed: 4, Workspaces: 2, People: 80, Groups: 6, Channels: 12}} {
		a := New(o)
		var b bytes.Buffer
		if err := a.Save(&b); err != nil {
			t.Fatal(err)
		}
		c, err := Load(o, &b)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range a.Users() {
			if !reflect.DeepEqual(u, c.User(u.ID)) {
				t.Fatalf("user %+v came back as %+v", u, c.User(u.ID))
			}
		}
		for _, g := range a.Groups() {
			if !slices.Equal(a.GroupMembers(g.ID), c.GroupMembers(g.ID)) || c.Group(g.ID).Handle != g.Handle {
				t.Fatalf("group %s came back otherwise", g.ID)
			}
		}
		for _, ch := range a.Channels() {
			if !slices.Equal(a.ChannelMembers(ch.ID), c.ChannelMembers(ch.ID)) {
				t.Fatalf("channel %s came back otherwise", ch.ID)
			}
		}
		if a.UserToken() != c.UserToken() || a.ClientSecret() != c.ClientSecret() || len(a.tokens) != len(c.tokens) || len(c.tokens) == 0 {
			t.Fatal("tokens came back otherwise")
		}
	}
	if _, err := Load(Options{}, bytes.NewBufferString("{}")); err == nil {
		t.Fatal("an empty object was loaded")
	}
}
