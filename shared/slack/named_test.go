package slack_test

import (
	"testing"

	"github.com/ebb-access/ebb/shared/fault"
)

// TestNothingWithoutAnID: a page on which something has no id, or one that
// nothing else in the house could keep, is no page.
func TestNothingWithoutAnID(t *testing.T) {
	for _, id := range []string{`""`, `null`, `"U 1"`, `"-U1"`, `"U1\u0000"`, `"U1#x"`, `"Ü1"`} {
		f := newFake(t)
		f.says("auth.teams.list", `{"ok":true,"teams":[{"id":"T1"},{"id":`+id+`}]}`)
		f.says("users.list", `{"ok":true,"members":[{"id":`+id+`}]}`)
		f.says("team.accessLogs", `{"ok":true,"logins":[{"user_id":`+id+`,"date_last":1422922864}]}`)
		f.says("users.info", `{"ok":true,"user":{"id":`+id+`}}`)
		f.says("conversations.list", `{"ok":true,"channels":[{"id":`+id+`}]}`)
		f.says("conversations.members", `{"ok":true,"members":["U1",`+id+`]}`)
		f.says("usergroups.list", `{"ok":true,"usergroups":[{"id":"S1","users":["U1",`+id+`],"user_count":2}]}`)
		f.says("usergroups.users.list", `{"ok":true,"users":[`+id+`]}`)
		c := f.client()
		for _, v := range verbs[:11] {
			if v.name == "View of a channel" {
				continue // asks for conversations.info first
			}
			if ids, err := v.do(ctx(t), c); !fault.Is(err, fault.Backoff) || fault.CodeOf(err) != "short_read" {
				t.Errorf("%s with the id %s: %q, %v", v.name, id, ids, err)
			}
		}
	}
}
