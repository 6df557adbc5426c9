package store

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/review"
)

func TestReviewRecords(t *testing.T) {
	roundTrip(t, newCampaignRecord, func(r campaignRecord) review.Campaign { return r.campaign(0) }, "Rev")
	roundTrip(t, newTemplateRecord, func(r templateRecord) review.Template { return r.template(0) }, "Rev")
	roundTrip(t, newAssignmentRecord, func(r assignmentRecord) review.Assignment { return r.assignment(0) }, "Rev")
	roundTrip(t, newLineRecord, func(r lineRecord) review.Line { return r.line(0) }, "Rev")
	roundTrip(t, newPageRecord, pageRecord.page)
	roundTrip(t, newErasureRecord, func(r erasureRecord) review.Erasure { return r.erasure(0) }, "Rev")
	roundTrip(t, newPackingRecord, func(r packingRecord) review.Packing { return r.packing(0) }, "Rev")
	roundTrip(t, newEarlierRecord, earlierRecord.earlier)
	roundTrip(t, newManualRecord, func(r manualRecord) access.Manual { return r.manual(0) }, "Rev")
}

// Reviewers come back as they were, whether a page has them as a crowd or not.
func TestReviewersOfAPage(t *testing.T) {
	group := func(accounts ...string) review.Assigned {
		return review.Assigned{Source: review.ByGroup, Group: "S1", Accounts: accounts}
	}
	boss := func(account string) review.Assigned {
		return review.Assigned{Source: review.ByManager, Accounts: []string{account}}
	}
	var p review.Page
	for _, a := range []review.Assigned{
		group("U1", "U2", "U3"), boss("U1"), group("U2", "U3", "U4"), boss("U2"), boss("U3"), group("U1", "U2", "U3", "U4"),
		group("U3", "U2", "U1"), group("U1", "U1", "U2"),
		{Source: review.Unassigned},
	} {
		p.Facts = append(p.Facts, review.Fact{Assigned: a})
	}
	rec := newPageRecord(p)
	if got := rec.page(); !reflect.DeepEqual(got, p) {
		t.Errorf("came back as\n%+v, was\n%+v", got, p)
	}
	if len(rec.Crowds) != 1 || fmt.Sprint(rec.Facts[0].Without, rec.Facts[0].Assigned.Accounts) != "[U4] []" {
		t.Errorf("%+v", rec)
	}
}

// The longest page that there can be is a row: every name as long as Slack lets it
// be, in letters of three bytes, and two hundred reviewers who are all on the page.
func TestTheLongestPageIsARow(t *testing.T) {
	long := strings.Repeat("\u8a9e", 80)
	id := func(prefix string, n int) string { return fmt.Sprintf("%s%010d", prefix, n) }
	f := filler{}
	var now time.Time
	f.fill(reflect.ValueOf(&now).Elem())
	var crowd []string
	for i := range 200 {
		crowd = append(crowd, id("U", i))
	}
	facts := review.Facts{AccountKind: directory.SingleChannelGuest, AccountState: directory.Deactivated, Held: review.Standing, Shared: true, Private: true}
	p := review.Page{Campaign: "uc_0123456789abcdef0123", N: 9999}
	for i := range review.PageLines {
		account := crowd[i]
		var grants []review.GrantFact
		for n := range 2 {
			grants = append(grants, review.GrantFact{ID: "g_0123456789abcdef0123.19", Rule: strings.Repeat("r", 60), Approvers: crowd[n : n+3], End: now})
		}
		p.Facts = append(p.Facts, review.Fact{
			ID: review.LineID(id("C", i), "member", account), Connector: "cn_0123456789abcdef0123", Workspace: id("T", 1),
			Resource: id("C", i), Kind: directory.UserGroup, Private: true, Slug: "member", Account: account, Since: now, Facts: facts,
			Grants: grants, Finding: "fd_0123456789abcdef0123", LastActive: now, Unseen: now, New: true,
			Changed: []string{"account-kind", "account-state", "given-anew", "held", "privacy", "shared"},
			Earlier: review.Earlier{Campaign: p.Campaign, Verdict: review.Certify, By: "u_0123456789abcdef0123", At: now, Facts: facts},
			Advice: review.Advice{Verdict: review.Deny, Why: []review.Reason{
				review.BecauseDeactivated, review.BecauseInactive, review.BecauseGuest, review.BecauseAdmin, review.BecauseFinding, review.BecauseNew,
			}},
			Assigned: review.Assigned{
				Source: review.ByGroup, Group: id("S", 1),
				Accounts: slices.DeleteFunc(slices.Clone(crowd), func(a string) bool { return a == account }),
			},
			ResourceName: long, AccountName: long,
		})
	}
	body, err := encode(newPageRecord(p))
	if err != nil || len(body) > MaxBody {
		t.Errorf("a page of %d bytes, %v: a row takes %d", len(body), err, MaxBody)
	}
	t.Logf("%d bytes, %d a line", len(body), len(body)/len(p.Facts))
}
