package store

import (
	"fmt"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/review"
)

func campaignPart(id string) string           { return join("campaign", id) }
func campaignKey(id string) Key               { return Key{campaignPart(id), "campaign"} }
func campaignsKey(t time.Time, id string) Key { return Key{"campaigns", at(t, id)} }
func templateKey(id string) Key               { return Key{join("template", id), "template"} }
func templatesKey(id string) Key              { return Key{"templates", join(id)} }
func assignmentKey(campaign, id string) Key {
	return Key{campaignPart(campaign), join("assignment", id)}
}

// assignedKey leads from somebody who reviews to an assignment. It begins with the
// time of the campaign, so that the newest comes first from behind.
func assignedKey(conn, who string, t time.Time, campaign, id string) Key {
	return Key{join("assigned", conn, who), at(t, campaign, id)}
}

func pageKey(campaign string, n int) Key {
	return Key{join("snapshot", campaign), fmt.Sprintf("%06d", n)}
}

// linesPart holds one assignment's lines alone: whoever opens a list reads no other.
func linesPart(campaign, assignment string) string { return join("lines", campaign, assignment) }

func lineKey(campaign, assignment, id string) Key {
	return Key{linesPart(campaign, assignment), join(id)}
}
func lineOf(l review.Line) Key { return lineKey(l.Campaign, l.Assignment, l.ID) }

func reviewedPart(conn, resource string) string { return join("reviewed", conn, resource) }
func reviewedKey(f review.Fact) Key {
	return Key{reviewedPart(f.Connector, f.Resource), join(f.Slug, f.Account)}
}
func takingPart(campaign string) string   { return join("taking", campaign) }
func takingKey(campaign, line string) Key { return Key{takingPart(campaign), join(line)} }
func manualKey(id string) Key             { return Key{join("manual", id), "manual"} }
func manualsKey(m access.Manual) Key      { return Key{join("manuals", m.Connector), at(m.Created, m.ID)} }

func openManualKey(m access.Manual) Key {
	return Key{join("manuals-open", m.Connector), at(m.Created, m.ID)}
}
func givenUpPart(conn string) string         { return join("manuals-given-up", conn) }
func givenUpKey(m access.Manual) Key         { return Key{givenUpPart(m.Connector), at(m.Created, m.ID)} }
func manualsOn(conn, resource string) string { return join("manuals-on", conn, resource) }
func manualOnKey(m access.Manual) Key        { return Key{manualsOn(m.Connector, m.Resource), join(m.ID)} }
