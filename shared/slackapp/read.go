package slackapp

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/fault"
)

// envelope is the outer event (docs.slack.dev, "Events API"). Its verification
// token is not read: the signature says more.
type envelope struct {
	Type       string          `json:"type"`
	Challenge  string          `json:"challenge"`
	ID         string          `json:"event_id"`
	Time       int64           `json:"event_time"`
	Team       string          `json:"team_id"`
	Enterprise string          `json:"enterprise_id"`
	Event      json.RawMessage `json:"event"`
}

// Read gives the notice of a delivery's body, and whether Ebb serves it at all.
// It keeps ids and dates and leaves everything else unread.
func Read(body []byte) (n connector.Notice, served bool, err error) {
	var outer envelope
	if err := json.Unmarshal(body, &outer); err != nil {
		return n, false, fault.New("slackapp.Read", fault.Invalid, "this is no JSON of Slack's")
	}
	return outer.notice()
}

// inner is what Ebb reads of an event, of all kinds together. What some kinds
// send as an id and others as an object stays raw.
type inner struct {
	Type    string          `json:"type"`
	User    json.RawMessage `json:"user"`
	Channel json.RawMessage `json:"channel"`
	Subteam struct {
		ID      string `json:"id"`
		Deleted number `json:"date_delete"`
	} `json:"subteam"`
	SubteamID    string   `json:"subteam_id"`
	Before       number   `json:"date_previous_update"`
	Date         number   `json:"date_update"`
	Added        []string `json:"added_users"`
	AddedCount   *number  `json:"added_users_count"`
	Removed      []string `json:"removed_users"`
	RemovedCount *number  `json:"removed_users_count"`
}

// number is one that Slack's documentation prints as text now and then.
type number int64

func (n *number) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	if text == "" || text == "null" {
		return nil
	}
	var v int64
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return fault.New("slackapp.number", fault.Invalid, "a date or a count is no number")
	}
	*n = number(v)
	return nil
}

// is reports whether the delivery is an event of a kind.
func (o envelope) is(kind string) bool {
	var e struct {
		Type string `json:"type"`
	}
	return o.Type == "event_callback" && json.Unmarshal(o.Event, &e) == nil && e.Type == kind
}

func (o envelope) notice() (n connector.Notice, served bool, err error) {
	if o.Type != "event_callback" {
		return n, false, nil // app_rate_limited and what is to come: heard, and nothing to do
	}
	var kind struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(o.Event, &kind) != nil || kind.Type == "" {
		return n, false, odd("an event without a type")
	}
	take, known := takes[connector.NoticeKind(kind.Type)]
	if !known {
		return n, false, nil
	}
	var e inner
	if err := json.Unmarshal(o.Event, &e); err != nil {
		return n, false, odd("an event of another form than Slack's documentation")
	}
	n = connector.Notice{
		ID: o.ID, Kind: connector.NoticeKind(kind.Type), Enterprise: o.Enterprise, Team: o.Team, Told: time.Unix(o.Time, 0).UTC(),
	}
	take(&n, e)
	if err := checked(n); err != nil {
		return n, false, err
	}
	return n, true, nil
}

// takes are the events that Ebb serves, with what it keeps of each.
var takes = map[connector.NoticeKind]func(*connector.Notice, inner){
	connector.UserChanged:    takeUser,
	connector.UserJoined:     takeUser,
	connector.GroupMade:      takeGroup,
	connector.GroupUpdated:   takeGroup,
	connector.MembersChanged: takeMembers,
	connector.ChannelJoined:  takeChannel,
	connector.ChannelLeft:    takeChannel,
	connector.TokensRevoked:  takeNothing,
	connector.Uninstalled:    takeNothing,
	connector.AccessGranted:  takeNothing,
	connector.AccessRevoked:  takeNothing,
}

func takeNothing(*connector.Notice, inner) {}

func takeUser(n *connector.Notice, e inner) {
	var u struct {
		ID      string `json:"id"`
		Deleted bool   `json:"deleted"`
	}
	_ = json.Unmarshal(e.User, &u) // an id that is missing is refused below
	n.Account, n.Gone = u.ID, u.Deleted
}

func takeGroup(n *connector.Notice, e inner) {
	n.Resource, n.Gone = e.Subteam.ID, e.Subteam.Deleted != 0
}

func takeMembers(n *connector.Notice, e inner) {
	n.Resource, n.Added, n.Removed = e.SubteamID, e.Added, e.Removed
	n.Before, n.Date = int64(e.Before), int64(e.Date)
	short := func(list []string, count *number) bool { return count != nil && int(*count) != len(list) }
	n.Cut = short(e.Added, e.AddedCount) || short(e.Removed, e.RemovedCount)
}

func takeChannel(n *connector.Notice, e inner) {
	_ = json.Unmarshal(e.User, &n.Account)
	_ = json.Unmarshal(e.Channel, &n.Resource)
}

var (
	eventID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	slackID = regexp.MustCompile(`^[A-Z0-9]{1,32}$`)
)

// checked lets ids pass and nothing else, so that no name comes into the table
// by a field that was meant for an id.
func checked(n connector.Notice) error {
	ids := append(append([]string{}, n.Added...), n.Removed...)
	switch n.Kind {
	case connector.UserChanged, connector.UserJoined:
		ids = append(ids, n.Account)
	case connector.GroupMade, connector.GroupUpdated, connector.MembersChanged:
		ids = append(ids, n.Resource)
	case connector.ChannelJoined, connector.ChannelLeft:
		ids = append(ids, n.Account, n.Resource)
	}
	for _, one := range []string{n.Team, n.Enterprise} {
		if one != "" {
			ids = append(ids, one)
		}
	}
	if !eventID.MatchString(n.ID) {
		return odd("an event without an id")
	}
	if y := n.Told.Year(); y < 1970 || y > 9999 || n.Before>>53 != 0 || n.Date>>53 != 0 {
		return odd("an event of no time that a table can hold")
	}
	for _, id := range ids {
		if !slackID.MatchString(id) {
			return odd("an event with something that is no id of Slack's")
		}
	}
	return nil
}

func odd(what string) error {
	return fault.New("slackapp.Read", fault.Invalid, "%s", "this is "+what)
}
