package slack

import (
	"bytes"
	"encoding/json"
	"strconv"

	slackgo "github.com/slack-go/slack"

	"github.com/ebb-access/ebb/shared/fault"
)

// The answers that Ebb reads. A list that is nil after decoding was not in the
// answer, which is a short read and never "nobody".

type paging struct {
	Metadata slackgo.ResponseMetadata `json:"response_metadata"`
}

type usersAnswer struct {
	Members []slackgo.User `json:"members"`
	paging
}

type userAnswer struct {
	User *slackgo.User `json:"user"`
}

type teamsAnswer struct {
	Teams []slackgo.Team `json:"teams"`
	paging
}

type idsAnswer struct {
	Members []string `json:"members"` // conversations.members
	Users   []string `json:"users"`   // usergroups.users.list
	paging
}

type groupsAnswer struct {
	Groups []group `json:"usergroups"`
}

// groupAnswer is of a write to one user group.
type groupAnswer struct {
	Group struct {
		Date int64 `json:"date_update"`
	} `json:"usergroup"`
}

type channelsAnswer struct {
	Channels []channel `json:"channels"`
	paging
}

type channelAnswer struct {
	Channel *channel `json:"channel"`
}

type identityAnswer struct {
	slackgo.AuthTestResponse
	OrgWide *bool `json:"is_enterprise_install"` // not in slack-go's type; nil when it was not said
}

// group is slack-go's user group with a count that may come as text, as Slack's
// own documentation prints it; nil when there was none.
type group struct {
	slackgo.UserGroup
	Count *number `json:"user_count"`
}

// whole reports whether the members that came with the group are all of them.
func (g group) whole() bool { return g.Count != nil && int(*g.Count) == len(g.Users) }

// channel is slack-go's channel without what Ebb does not read (messages, tabs
// and canvases, whose forms change), and with what slack-go lacks.
type channel struct {
	slackgo.Channel
	Latest     ignored `json:"latest"`
	Properties ignored `json:"properties"`
	Member     *bool   `json:"is_member"` // absent from conversations.info
	Size       *int    `json:"num_members"`
	OrgDefault bool    `json:"is_org_default"`
	Mandatory  bool    `json:"is_org_mandatory"`
}

type ignored struct{}

func (*ignored) UnmarshalJSON([]byte) error { return nil }

type number int

func (n *number) UnmarshalJSON(raw []byte) error {
	v, err := strconv.Atoi(string(bytes.Trim(raw, `"`)))
	if err != nil {
		return &json.UnmarshalTypeError{Value: "number", Struct: "user_count"}
	}
	*n = number(v)
	return nil
}

// short is a listing that came without its list, or that does not move on.
func short(method, what string) error {
	return &fault.Error{Op: method, Kind: fault.Backoff, Code: "short_read", Text: "Slack's answer is incomplete (" + what + "); Ebb reads it again"}
}

// named refuses an answer that speaks of something without an id, or by one
// that the rest of the house could neither store nor be asked for.
func named(method string, ids ...string) error {
	for _, id := range ids {
		if !readableID(id) {
			return short(method, "something in it has no id")
		}
	}
	return nil
}

// readableID reports whether an id has the form of Slack's, which is opaque but
// for its letters: the contract of our API takes no other.
func readableID(id string) bool {
	if id == "" || len(id) > 80 {
		return false
	}
	for i, c := range []byte(id) {
		letter := c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '_' && c != '-') {
			return false
		}
	}
	return true
}

// next is the cursor of the page after this one. Slack ends a listing with an
// empty cursor, never with a short page.
func next(method string, p paging, was string) (string, error) {
	if p.Metadata.Cursor != "" && p.Metadata.Cursor == was {
		return "", short(method, "the same page again")
	}
	return p.Metadata.Cursor, nil
}
